//! What happened when: the jobs of a pool, and the requests to a sibling while a unit goes wrong.

use itertools::{Itertools, izip};

use super::axis::Axis;
use super::pen::Style;
use super::strips::strips;
use super::{Figure, family};
use crate::report::{Arm, Report};
use crate::verdict::{Missing, arm};

fn millis(ms: f64) -> String {
    crate::tables::time(ms * 1e6)
}

/// Jobs as bars, a strip for each thread.
pub(super) fn pool(report: &Report) -> Result<Figure, Missing> {
    let steps = family(report, "architecture.pool_steps")?[0].1;
    let [starts, ends, on] = ["start", "end", "thread"].map(|name| arm(steps, name).map(|arm| &arm.samples));
    let (starts, ends, on) = (starts?, ends?, on?);
    let jobs = izip!(starts, ends, on).collect_vec();
    let threads = on.iter().sorted_by(|a, b| a.total_cmp(b)).dedup().collect_vec();
    let names = threads.iter().map(|thread| format!("thread {thread}")).collect_vec();
    let most = threads.iter().map(|thread| on.iter().filter(|on| on == thread).count()).max().unwrap_or(0);
    let last = millis(ends.iter().copied().fold(0.0, f64::max));
    let x = Axis::linear(ends.iter().copied(), |ms| format!("{ms:.0} ms"));
    let panel = strips("jobs by thread", &x, &names, |pen, row, top| {
        for (step, (start, end, _)) in jobs.iter().filter(|(.., on)| *on == threads[row]).enumerate() {
            pen.line(&[(**start, top - 0.7), (**end, top - 0.7)], solid(step % 8), 18);
            pen.line(&[(**start, top - 0.9), (**start, top - 0.35)], solid(6), 2);
        }
    });
    let (count, strips) = (jobs.len(), threads.len());
    let row = |(n, job): (usize, &(&f64, &f64, &f64))| {
        vec![(n + 1).to_string(), format!("thread {}", job.2), millis(*job.0), millis(*job.1)]
    };
    Ok(Figure {
        caption: format!(
            "{count} jobs on {strips} threads: the busiest did {most} one after another, and all were done after \
             {last}. Each bar is a job, each colour a step."
        ),
        panels: vec![panel],
        legend: Vec::new(),
        head: vec!["Job", "Thread", "Start", "End"],
        rows: jobs.iter().enumerate().map(row).collect(),
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
    let cases = timeline.arms.iter().filter_map(|arm| Some(arm.name.rsplit_once(": ")?.0)).unique().collect_vec();
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
        let cases = || cases.iter().filter(|case| case.starts_with(unit));
        let all = |kind| cases().map(|case| moments(case, kind).len()).sum::<usize>();
        format!("{} of {} requests beside a failing {unit}", all("lost"), all("lost") + all("answered"))
    });
    let row = |case: &&str| {
        let count = |kind| moments(case, kind).len().to_string();
        let when = |kind| moments(case, kind).iter().map(|ms| millis(*ms)).join(", ");
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
    let sorted = samples.iter().copied().sorted_by(f64::total_cmp);
    sorted.dedup_by(|before, next| next - before < high / 150.0).collect()
}
