//! Sentences with figures in them, and facts that are counted: what the rows have in common.

use itertools::Itertools;

use super::words::{memory, time, times};
use crate::report::{Arm, Experiment};
use crate::verdict::{Missing, arm, find, ratio};

/// The text with each `{arm}` replaced by what that arm of the experiment `id` tells, and each `{arm / arm}` by their
/// ratio; `{other.id | arm}` is of another experiment.
pub(super) fn tell(report: &[Experiment], id: &str, text: &str) -> Result<String, Missing> {
    let mut told = String::new();
    for (n, part) in text.split(['{', '}']).enumerate() {
        if n % 2 == 0 {
            told += part;
            continue;
        }
        let (id, name) = part.split_once(" | ").unwrap_or((id, part));
        let (name, _) = expected(name);
        told += &match name.split_once(" / ") {
            Some((above, below)) => times(ratio(find(report, id)?, [above, below])?),
            None => figure(arm(find(report, id)?, name)?),
        };
    }
    Ok(told)
}

/// Whether every sample of each `{arm = n}` in the text is n, and of each `{arm > n}` more than n. A text that expects
/// nothing holds for nobody: it is *missing*.
pub(super) fn holds(report: &[Experiment], id: &str, text: &str) -> Result<bool, Missing> {
    let mut all = None;
    for part in text.split(['{', '}']).skip(1).step_by(2) {
        let (id, name) = part.split_once(" | ").unwrap_or((id, part));
        if let (name, Some((sign, n))) = expected(name) {
            let samples = &arm(find(report, id)?, name)?.samples;
            let holds = samples.iter().all(|&sample| if sign == "=" { sample == n } else { sample > n });
            all = Some(all.unwrap_or(true) && holds);
        }
    }
    all.ok_or_else(|| Missing(format!("'{text}' expects nothing")))
}

/// An arm's name, and what is expected of its samples.
fn expected(name: &str) -> (&str, Option<(&str, f64)>) {
    match name.rsplitn(3, ' ').collect_vec()[..] {
        [n, sign @ ("=" | ">"), arm] => n.parse().map_or((name, None), |n| (arm, Some((sign, n)))),
        _ => (name, None),
    }
}

/// A cell from each text.
pub(super) fn cells(report: &[Experiment], id: &str, texts: &[&str]) -> Result<Vec<String>, Missing> {
    texts.iter().map(|text| tell(report, id, text)).collect()
}

/// What is known beside what decided: a sentence from each text whose figures there are.
pub(super) fn told(report: &[Experiment], id: &str, texts: &[&str]) -> String {
    texts.iter().filter_map(|text| tell(report, id, text).ok()).filter(|text| !text.is_empty()).join(" ")
}

/// Its median; of what was counted, the range where trials differ; where trials were asked a question, how many of them
/// answered yes.
fn figure(arm: &Arm) -> String {
    match arm.unit.as_str() {
        "ns" => time(arm.median),
        "KiB" => memory(arm.median),
        "count" => match arm.samples.iter().copied().minmax_by(f64::total_cmp).into_option() {
            Some((least, most)) if least < most => format!("{least} to {most}"),
            _ => arm.median.to_string(),
        },
        _ => {
            let (yes, trials) = count(arm);
            format!("{yes} of {trials}")
        }
    }
}

/// The median of an arm.
pub(super) fn median(report: &[Experiment], id: &str, name: &str) -> Result<f64, Missing> {
    Ok(arm(find(report, id)?, name)?.median)
}

/// How many of an arm's trials counted 1, and how many there were.
pub(super) fn count(arm: &Arm) -> (usize, usize) {
    (arm.samples.iter().filter(|&&sample| sample > 0.0).count(), arm.samples.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Boundary, Status};
    use crate::stats;

    fn report() -> [Experiment; 2] {
        let one = |id: &str, arms: Vec<Arm>| {
            let ratios = arms.windows(2).map(|two| stats::ratio(&two[0], &two[1], 7)).collect();
            Experiment { arms, ratios, ..Experiment::without_samples(id.to_owned(), Status::Ok, None) }
        };
        let arm = |name: &str, unit: &str, samples: &[f64]| stats::arm(name, Boundary::None, unit, samples.to_vec());
        let counted = vec![arm("pids, at once", "count", &[3.0, 3.0]), arm("seen", "yes", &[1.0, 0.0])];
        [one("a.timed", vec![arm("slow", "ns", &[3000.0]), arm("quick", "ns", &[1000.0])]), one("b.counted", counted)]
    }

    #[test]
    fn figures_stand_where_their_arms_are_named() {
        let tell = |text| tell(&report(), "a.timed", text).map_err(|Missing(why)| why);
        assert_eq!(tell("{slow} and {quick}, {slow / quick}.").unwrap(), "3.0 µs and 1.0 µs, 3.00 × (3.00 to 3.00).");
        assert_eq!(tell("{b.counted | pids, at once = 3}; {b.counted | seen}").unwrap(), "3; 1 of 2");
        assert_eq!(tell("{fast}").unwrap_err(), "a.timed has no arm 'fast'");
        assert_eq!(tell("{c | fast}").unwrap_err(), "c was not run");
    }

    #[test]
    fn what_is_expected_must_hold_in_every_trial() {
        let holds = |text| holds(&report(), "b.counted", text).ok();
        assert_eq!(holds("{pids, at once = 3} of {seen}"), Some(true), "nothing is expected of the second");
        assert_eq!(holds("{pids, at once > 3}"), Some(false));
        assert_eq!(holds("{pids, at once > 2} {seen = 1}"), Some(false));
        assert_eq!(holds("{seen > -1} {a.timed | slow = 3000}"), Some(true));
        assert_eq!(holds("{pods = 3}"), None, "no such arm");
    }

    #[test]
    fn a_sentence_whose_figures_are_missing_is_left_out() {
        assert_eq!(told(&report(), "a.timed", &["First {slow}.", "Then {fast}.", "", "Last."]), "First 3.0 µs. Last.");
    }
}
