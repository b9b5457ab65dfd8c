//! The checks of the exercise `bootstrap_interval`.

use std::process::ExitCode;

use answer::{bootstrap_interval, median};
use harness::{Check, Outcome, ensure, equal};

#[forbid(unsafe_code)]
#[path = "../bootstrap_interval.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "the median is the middle value, or the mean of the two in the middle",
        hint: "sort a copy as numbers; with an even count two values are in the middle",
        more: "with n sorted values these are n / 2 and n / 2 - 1 for an even n, and n / 2 for an odd one",
        run: medians,
    },
    Check {
        name: "without samples or rounds there is no interval, and one sample is its own",
        hint: "return None before anything is drawn",
        more: "samples.is_empty() and rounds == 0 are the two cases",
        run: nothing,
    },
    Check {
        name: "every value of a resample is drawn out of all samples",
        hint: "with replacement: a sample that was drawn can be drawn again",
        more: "samples.len() calls of draw(samples.len()) for each round, and nothing is removed between them",
        run: with_replacement,
    },
    Check {
        name: "chance comes from the generator that was passed in",
        hint: "use the indexes that draw returns, and no other source of chance",
        more: "where draw always returns 2, each resample is samples[2] again and again",
        run: only_draw,
    },
    Check {
        name: "2.5 % of the medians are left out at each end",
        hint: "sort the medians as numbers, then count from both ends alike",
        more: "with 200 medians, 5 are left out below and 5 above: the ends are sorted[5] and sorted[194]",
        run: ends,
    },
    Check {
        name: "one outlier does not move the interval",
        hint: "the interval is of medians, not of means",
        more: "take the median of each resample with your own function",
        run: outlier,
    },
    Check {
        name: "about 95 of 100 intervals hold the true median",
        hint: "too many: the interval is that of single samples; too few: the resamples are too alike",
        more: "resample as many values as there are samples, and take the ends from the medians of the resamples",
        run: coverage,
    },
];

fn main() -> ExitCode {
    harness::run("comparison bootstrap_interval", CHECKS)
}

/// A generator with a seed (xorshift64*).
fn generator(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move |n| {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        ((state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % n as u64) as usize
    }
}

fn medians() -> Outcome {
    equal("the median of nothing", &median(&[]), &None)?;
    equal("the median of 7", &median(&[7.0]), &Some(7.0))?;
    equal("the median of 10, 9, 100", &median(&[10.0, 9.0, 100.0]), &Some(10.0))?;
    equal("the median of 100, 9, 20, 10", &median(&[100.0, 9.0, 20.0, 10.0]), &Some(15.0))
}

fn nothing() -> Outcome {
    equal("there is no sample", &bootstrap_interval(&[], 100, &mut |_| 0), &None)?;
    equal("there is no round", &bootstrap_interval(&[1.0, 2.0], 0, &mut |_| 0), &None)?;
    equal("the only sample is 3", &bootstrap_interval(&[3.0], 100, &mut |_| 0), &Some((3.0, 3.0)))
}

fn with_replacement() -> Outcome {
    let mut asked = Vec::new();
    let samples: Vec<f64> = (0..11).map(f64::from).collect();
    let mut random = generator(7);
    bootstrap_interval(&samples, 40, &mut |n| {
        asked.push(n);
        random(n.max(1))
    });
    let mut other: Vec<usize> = asked.iter().copied().filter(|n| *n != 11).collect();
    other.sort_unstable();
    other.dedup();
    equal("draw(n) was called with an n other than 11, the number of samples", &other, &vec![])?;
    equal("40 rounds of 11 values each: this many indexes were drawn", &asked.len(), &440)
}

fn only_draw() -> Outcome {
    let samples = [5.0, 1.0, 9.0, 3.0, 8.0];
    for index in 0..samples.len() {
        let interval = bootstrap_interval(&samples, 50, &mut |_| index);
        let value = samples[index];
        equal(&format!("every index drawn is {index}, so every value is {value}"), &interval, &Some((value, value)))?;
    }
    Ok(())
}

/// Each round draws one index again and again, so that its median is that sample: every sample is a median once.
fn ends() -> Outcome {
    for (count, left_out) in [(200, 5), (1000, 25), (39, 0), (79, 1)] {
        let samples: Vec<f64> = (0..count).map(|n| (n * 7 % count) as f64).collect();
        let mut drawn = 0;
        let interval = bootstrap_interval(&samples, count, &mut |n| {
            drawn += 1;
            ((drawn - 1) / n) % n
        });
        let expected = Some((left_out as f64, (count - 1 - left_out) as f64));
        equal(&format!("the medians of the {count} resamples are 0 to {}", count - 1), &interval, &expected)?;
    }
    Ok(())
}

fn outlier() -> Outcome {
    let mut samples: Vec<f64> = (0..20).map(f64::from).collect();
    samples.push(1e9);
    let interval = bootstrap_interval(&samples, 400, &mut generator(3));
    let (low, high) = interval.ok_or_else(|| harness::failure("there are samples, but no interval"))?;
    let text = format!("{low} to {high}");
    ensure(
        (3.0..=10.0).contains(&low) && (10.0..=17.0).contains(&high),
        "the samples are 0 to 19 and 1e9",
        "about 6 to 14",
        text,
    )
}

/// Samples of a skewed distribution whose median is known: -ln(u), for u between 0 and 1.
fn coverage() -> Outcome {
    let mut random = generator(11);
    let mut held = 0;
    for _ in 0..200 {
        let samples: Vec<f64> = (0..25).map(|_| -((random(1_000_000) as f64 + 0.5) / 1e6).ln()).collect();
        let truth = std::f64::consts::LN_2;
        held += match bootstrap_interval(&samples, 200, &mut random) {
            Some((low, high)) => u32::from(low <= truth && truth <= high),
            None => 0,
        };
    }
    ensure(
        (174..=199).contains(&held),
        "200 intervals of 25 samples each",
        "about 190 hold the median",
        format!("{held} hold it"),
    )
}
