//! Say how sure a median is: its 95 % bootstrap interval. (30 minutes)
//!
//! Twenty samples have a median. How far would it be from that of the next twenty? The bootstrap answers without a
//! formula: the samples stand for everything that could have been measured. One draws new sets of samples out of
//! them, looks at the median of each, and sees how far these medians spread.
//!
//! - The median of an even number of samples is the mean of the two in the middle.
//! - A resample has as many values as there are samples. Each value is drawn out of *all* samples (with replacement),
//!   so one sample may come twice, and another not at all.
//! - Chance comes from `draw` alone: `draw(n)` returns an index below n. Whoever passes in the same generator with
//!   the same seed gets the same interval. Draw nothing that is not needed: one index per value.
//! - The interval is of the medians of the resamples, not of their means: one outlier does not move it.
//! - Sort these medians and leave out 2.5 % at each end (`rounds * 25 / 1000`, rounded down). The smallest and the
//!   largest that are left are the ends of the interval.
//! - Without samples, or without rounds, there is no interval.
//!
//! What to know: `f64::total_cmp` compares for `sort_by`; JavaScript's `sort()` without a comparison sorts numbers as
//! texts. `draw` is called like a function. Related code in this chapter: `measure/stats.rs`, which draws
//! whole rounds of two arms; here there is one arm, and the generator is passed in.
//!
//! Check it with: cargo grade comparison bootstrap_interval

/// The middle value; the mean of the two in the middle where their number is even. Nothing without samples.
pub fn median(samples: &[f64]) -> Option<f64> {
    todo!("the median of {} samples", samples.len())
}

/// The 95 % bootstrap interval of the median, out of `rounds` resamples. Nothing without samples or without rounds.
pub fn bootstrap_interval(samples: &[f64], rounds: usize, draw: &mut dyn FnMut(usize) -> usize) -> Option<(f64, f64)> {
    todo!("the interval of {} samples in {rounds} rounds; {} is the first index", samples.len(), draw(samples.len()))
}
