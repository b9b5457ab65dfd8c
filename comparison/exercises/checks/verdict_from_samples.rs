//! The checks of the exercise `verdict_from_samples`.

use std::process::ExitCode;

use answer::{Claim, Verdict, interval, verdict};
use harness::{Check, Outcome, equal};

#[forbid(unsafe_code)]
#[path = "../verdict_from_samples.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "the interval leaves out the right number of ratios at each end",
        hint: "compute how many are left out as an f64, and round it down",
        more: "20 ratios: (20 - 1 - 1.96 * 4.47) / 2 is 5.1, so the 6th smallest and the 6th largest are the ends",
        run: ranks,
    },
    Check {
        name: "less than six ratios have no interval, and decide nothing",
        hint: "with five ratios the number to leave out is negative",
        more: "look at the sign before the cast: a negative f64 becomes 0 as a usize",
        run: too_few,
    },
    Check {
        name: "a difference must hold for the whole interval",
        hint: "the median alone, or one end, decides nothing",
        more: "for Longer look at the lower end, for Shorter at the upper one",
        run: whole_interval,
    },
    Check {
        name: "a difference below the minimum effect counts as none",
        hint: "an interval from 1.05 to 1.1 is surely above 1, and still no difference that matters",
        more: "it shows that both are the same for every purpose, so it contradicts Longer",
        run: minimum_effect,
    },
    Check {
        name: "shorter is judged by the reciprocals of the limits",
        hint: "A 1.2 times as long as B means that B takes 1/1.2 of A",
        more: "1/1.2 is 0.833, not 0.8",
        run: reciprocals,
    },
    Check {
        name: "a wide interval around 1 does not show that both are the same",
        hint: "no difference seen and no difference are two things",
        more: "Same needs both ends between 1/1.2 and 1.2",
        run: wide,
    },
    Check {
        name: "the noise of the control hides smaller differences",
        hint: "a control from 0.95 to 1.5 says that a ratio of 1.4 can come of nothing; so does one from 1/1.5 to 1.05",
        more: "the noise is the larger of: upper end, 1 / lower end; from 1.2 on nothing counts as the same either",
        run: noise,
    },
];

fn main() -> ExitCode {
    harness::run("comparison verdict_from_samples", CHECKS)
}

/// `count` ratios from `low` to `high`, not in their order. Ten of them have the second and the ninth as their interval.
fn spread(count: usize, low: f64, high: f64) -> Vec<f64> {
    let step = (high - low) / (count - 1) as f64;
    (0..count).map(|n| low + step * (n * 7 % count) as f64).collect()
}

/// Ten ratios whose interval has these ends.
fn ten(low: f64, high: f64) -> Vec<f64> {
    let mut ratios = vec![high, low, low / 2.0, high * 2.0];
    ratios.extend([(low + high) / 2.0; 6]);
    ratios
}

/// The verdicts on Longer, Shorter and Same.
fn three(ratios: &[f64], control: &[f64]) -> [Verdict; 3] {
    [Claim::Longer, Claim::Shorter, Claim::Same].map(|claim| verdict(claim, ratios, control))
}

const NOTHING: [Verdict; 3] = [Verdict::Unresolved; 3];
const LONGER: [Verdict; 3] = [Verdict::Supported, Verdict::Contradicted, Verdict::Contradicted];
const SHORTER: [Verdict; 3] = [Verdict::Contradicted, Verdict::Supported, Verdict::Contradicted];
const SAME: [Verdict; 3] = [Verdict::Contradicted, Verdict::Contradicted, Verdict::Supported];

fn ranks() -> Outcome {
    for (count, left_out) in [(6, 0), (8, 0), (9, 1), (10, 1), (11, 1), (20, 5), (100, 39), (1000, 468)] {
        let mut ratios: Vec<f64> = (0..count).map(|n| ((n * 7 + 3) % count + 1) as f64).collect();
        if count % 7 == 0 {
            ratios.sort_by(f64::total_cmp);
        }
        let ends = Some(((left_out + 1) as f64, (count - left_out) as f64));
        equal(&format!("the ratios are 1 to {count}, mixed"), &interval(&ratios), &ends)?;
    }
    Ok(())
}

fn too_few() -> Outcome {
    for count in 0..6 {
        let few = vec![5.0; count];
        equal(&format!("{count} ratios have no interval"), &interval(&few), &None)?;
        equal(&format!("{count} ratios, all of them 5"), &three(&few, &[1.0; 10]), &NOTHING)?;
        equal(&format!("a control of {count} ratios"), &three(&[5.0; 10], &few), &NOTHING)?;
    }
    equal("six ratios, all of them 5", &three(&[5.0; 6], &[1.0; 6]), &LONGER)
}

fn whole_interval() -> Outcome {
    let control = ten(0.98, 1.02);
    equal("from 1.3 to 2: Longer, Shorter, Same", &three(&ten(1.3, 2.0), &control), &LONGER)?;
    equal("from 1.1 to 2: Longer, Shorter, Same", &three(&ten(1.1, 2.0), &control), &NOTHING)?;
    equal("from 0.5 to 0.9: Longer, Shorter, Same", &three(&ten(0.5, 0.9), &control), &NOTHING)?;
    equal("from 1.2 to 2: Longer, Shorter, Same", &three(&ten(1.2, 2.0), &control), &NOTHING)?;
    equal("from 0.9 to 1.19: Longer, Shorter, Same", &three(&ten(0.9, 1.19), &control), &SAME)
}

fn minimum_effect() -> Outcome {
    let control = ten(0.99, 1.01);
    equal("from 1.05 to 1.1: Longer, Shorter, Same", &three(&spread(100, 1.05, 1.1), &control), &SAME)?;
    equal("from 0.9 to 0.95: Longer, Shorter, Same", &three(&spread(100, 0.9, 0.95), &control), &SAME)
}

fn reciprocals() -> Outcome {
    let control = ten(0.98, 1.02);
    equal("from 0.5 to 0.82: Longer, Shorter, Same", &three(&ten(0.5, 0.82), &control), &SHORTER)?;
    equal("from 0.82 to 1: Longer, Shorter, Same", &three(&ten(0.82, 1.0), &control), &NOTHING)?;
    equal("from 0.84 to 1: Longer, Shorter, Same", &three(&ten(0.84, 1.0), &control), &SAME)
}

fn wide() -> Outcome {
    let control = ten(0.98, 1.02);
    equal("from 0.5 to 2: Longer, Shorter, Same", &three(&ten(0.5, 2.0), &control), &NOTHING)?;
    equal("from 0.9 to 1.3: Longer, Shorter, Same", &three(&ten(0.9, 1.3), &control), &NOTHING)
}

fn noise() -> Outcome {
    for control in [ten(0.95, 1.5), ten(1.0 / 1.5, 1.05)] {
        equal("from 1.3 to 1.45, noise 1.5", &three(&ten(1.3, 1.45), &control), &NOTHING)?;
        equal("from 0.7 to 0.8, noise 1.5", &three(&ten(0.7, 0.8), &control), &NOTHING)?;
        equal("from 0.95 to 1.05, noise 1.5", &three(&ten(0.95, 1.05), &control), &NOTHING)?;
        equal("from 1.6 to 2, noise 1.5", &three(&ten(1.6, 2.0), &control), &LONGER)?;
        equal("from 0.5 to 0.6, noise 1.5", &three(&ten(0.5, 0.6), &control), &SHORTER)?;
    }
    equal("from 1.25 to 1.3, noise 1.1: the minimum effect counts", &three(&ten(1.25, 1.3), &ten(0.95, 1.1)), &LONGER)?;
    equal("from 1.1 to 1.19, noise 1.1: the minimum effect counts", &three(&ten(1.1, 1.19), &ten(0.95, 1.1)), &SAME)
}
