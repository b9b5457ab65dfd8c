//! What happened when: the jobs of a pool, and the requests to a sibling while a unit goes wrong.

use super::axis::Axis;
use super::pen::Style;
use super::strips::strips;
use super::{Figure, distinct, family};
use crate::report::{Arm, Report};
use crate::verdict::{Missing, arm};

fn millis(ms: f64) -> String {
    crate::tables::time(ms * 1e6)
}

/// Jobs as boxes, a strip for each thread.
pub(super) fn pool(report: &Report) -> Result<Figure, Missing> {
    let steps = family(report, "architecture.pool_steps")?[0].1;
    let [starts, ends, on] = ["start", "end", "thread"].map(|name| arm(steps, name).map(|arm| &arm.samples));
    let (starts, ends, on) = (starts?, ends?, on?);
    let threads: Vec<String> = on.iter().map(|thread| format!("thread {thread}")).collect();
    let mut names = distinct(threads.iter().map(String::as_str));
    names.sort_unstable();
    let jobs: Vec<_> = (0..starts.len().min(ends.len()).min(threads.len())).collect();
    let jobs_of = |name: &str| -> Vec<usize> { jobs.iter().copied().filter(|&job| threads[job] == name).collect() };
    let x = Axis::linear(ends.iter().copied(), |ms| format!("{ms:.0} ms"));
    let panel = strips("jobs by thread", &x, &names, |pen, row, top| {
        for (step, job) in jobs_of(names[row]).into_iter().enumerate() {
            let (start, bottom) = (starts[job], top - 0.9);
            pen.bar([(start, bottom), (ends[job], bottom + 0.45)], solid(step % 8));
            pen.line(&[(start, bottom), (start, bottom + 0.6)], solid(6), 2);
        }
    });
    let most = names.iter().map(|name| jobs_of(name).len()).max().unwrap_or(0);
    let last = millis(ends.iter().copied().fold(0.0, f64::max));
    let row = |&job: &usize| vec![(job + 1).to_string(), threads[job].clone(), millis(starts[job]), millis(ends[job])];
    Ok(Figure {
        caption: format!(
            "{} jobs on {} threads: the busiest did {most} one after another, and all were done after {last}. Each box \
             is a job, each colour a step.",
            jobs.len(),
            names.len()
        ),
        panels: vec![panel],
        legend: Vec::new(),
        head: vec!["Job", "Thread", "Start", "End"],
        rows: jobs.iter().map(row).collect(),
    })
}

fn solid(hue: usize) -> Style {
    Style { hue, dash: 0 }
}

/// What an arm's samples are moments of, and its hue.
const KINDS: [(&str, usize); 5] = [("answered", 0), ("lost", 1), ("fault", 7), ("detected", 3), ("repaired", 2)];

/// Moments as marks, a strip for each unit and fault.
pub(super) fn crash(report: &Report) -> Result<Figure, Missing> {
    let timeline = family(report, "crash.timeline")?[0].1;
    let cases = distinct(timeline.arms.iter().filter_map(|arm| Some(arm.name.rsplit_once(": ")?.0)));
    let moments = |case: &str, kind: &str| {
        timeline.arm(&format!("{case}: {kind}")).map_or(&[][..], |arm: &Arm| arm.samples.as_slice())
    };
    let x = Axis::linear(timeline.arms.iter().flat_map(|arm| arm.samples.iter().copied()), |ms| format!("{ms:.0} ms"));
    let panel = strips("requests to a sibling, by fault", &x, &cases, |pen, row, top| {
        for (kind, hue) in KINDS {
            for ms in thinned(moments(cases[row], kind), x.high) {
                match kind {
                    "answered" => pen.line(&[(ms, top - 0.85), (ms, top - 0.6)], solid(hue), 1),
                    "lost" => pen.mark((ms, top - 0.72), solid(hue)),
                    _ => pen.mark((ms, top - 0.48), solid(hue)),
                }
            }
        }
    });
    let lost = ["thread", "process"].map(|unit| {
        let all = |kind| {
            cases.iter().filter(|case| case.starts_with(unit)).map(|case| moments(case, kind).len()).sum::<usize>()
        };
        format!("{} of {} requests beside a failing {unit}", all("lost"), all("lost") + all("answered"))
    });
    let row = |case: &&str| {
        let count = |kind| moments(case, kind).len().to_string();
        let when = |kind| moments(case, kind).iter().map(|ms| millis(*ms)).collect::<Vec<_>>().join(", ");
        vec![case.to_string(), count("answered"), count("lost"), when("fault"), when("detected"), when("repaired")]
    };
    let seen = |kind| cases.iter().any(|case| !moments(case, kind).is_empty());
    Ok(Figure {
        caption: format!("Lost were {}. A stroke is an answered request.", lost.join(", and ")),
        panels: vec![panel],
        legend: KINDS
            .iter()
            .filter(|(kind, _)| seen(kind))
            .map(|(kind, hue)| ((*kind).to_owned(), solid(*hue)))
            .collect(),
        head: vec!["Unit and fault", "Answered", "Lost", "Fault at", "Detected at", "Repaired at"],
        rows: cases.iter().map(row).collect(),
    })
}

/// The moments in order, without those that would be drawn upon each other.
fn thinned(samples: &[f64], high: f64) -> Vec<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup_by(|next, before| *next - *before < high / 150.0);
    sorted
}
