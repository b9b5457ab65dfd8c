//! Fails: about 95 of 100 intervals hold the true median
//!
//! It leaves out 2.5 % of the samples themselves: that is their spread, not how sure the median is.

/// The middle value; the mean of the two in the middle where their number is even. Nothing without samples.
pub fn median(samples: &[f64]) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { Some(sorted[middle]) } else { Some((sorted.get(middle)? + sorted[middle - 1]) / 2.0) }
}

/// The 95 % bootstrap interval of the median, out of `rounds` resamples. Nothing without samples or without rounds.
pub fn bootstrap_interval(samples: &[f64], rounds: usize, draw: &mut dyn FnMut(usize) -> usize) -> Option<(f64, f64)> {
    let mut medians = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let mut resample = Vec::with_capacity(samples.len());
        for _ in 0..samples.len() {
            resample.push(samples[draw(samples.len())]);
        }
        medians.extend(resample);
    }
    median(samples)?;
    medians.sort_by(f64::total_cmp);
    let rounds = medians.len();
    let left_out = rounds * 25 / 1000;
    Some((*medians.get(left_out)?, medians[(rounds - 1).checked_sub(left_out)?]))
}
