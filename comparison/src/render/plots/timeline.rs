//! What happened when: the jobs of a pool, and the requests to a sibling while a unit goes wrong.

use super::pen::{Axis, Style, draw};
use super::{Figure, Panel, family};
use crate::report::{Arm, Experiment, Report};
use crate::verdict::{Missing, arm};

const ROW: u32 = 44;

fn millis(ms: f64) -> String {
    crate::tables::time(ms * 1e6)
}

fn tick(ms: f64) -> String {
    format!("{ms:.0} ms")
}

/// Jobs as boxes, a row for each thread.
pub(super) fn pool(report: &Report) -> Result<Figure, Missing> {
    let steps = family(report, "architecture.pool_steps")?[0].1;
    let [starts, ends, threads] = ["start", "end", "thread"].map(|name| arm(steps, name).map(|arm| &arm.samples));
    let (starts, ends, threads) = (starts?, ends?, threads?);
    let mut names: Vec<f64> = threads.clone();
    names.sort_by(f64::total_cmp);
    names.dedup();
    let rows = names.len();
    let row = |thread: f64| names.iter().position(|name| *name == thread).unwrap_or_default();
    let jobs: Vec<_> =
        starts.iter().zip(ends).zip(threads).map(|((start, end), on)| (*start, *end, row(*on))).collect();
    let most = (0..rows).map(|row| jobs.iter().filter(|job| job.2 == row).count()).max().unwrap_or(0);
    let (x, y) = (Axis::linear(jobs.iter().map(|job| job.1), tick), Axis::rows(rows));
    let (title, height) = ("jobs by thread", 60 + ROW * rows as u32);
    let drawn = draw(title, (&x, &y), height, |pen| {
        for row in 0..rows {
            pen.text((0.0, (rows - row) as f64), &format!(" thread {row}"));
        }
        for (n, (start, end, on)) in jobs.iter().enumerate() {
            let bottom = (rows - on) as f64 - 0.9;
            let style = Style { hue: n / rows % 8, dash: 0 };
            pen.bar([(*start, bottom), (*end, bottom + 0.45)], style);
            pen.line(&[(*start, bottom), (*start, bottom + 0.6)], INK, 2);
        }
    });
    let last = jobs.iter().map(|job| job.1).fold(0.0, f64::max);
    let row = |(n, job): (usize, &(f64, f64, usize))| {
        vec![(n + 1).to_string(), job.2.to_string(), millis(job.0), millis(job.1)]
    };
    Ok(Figure {
        caption: format!(
            "{} jobs on {rows} threads: the busiest did {most} one after another, and all were done after {}. Each box \
             is a job, each colour a step.",
            jobs.len(),
            millis(last)
        ),
        panels: vec![Panel { title: title.to_owned(), height, drawn }],
        legend: Vec::new(),
        head: vec!["Job", "Thread", "Start", "End"],
        rows: jobs.iter().enumerate().map(row).collect(),
    })
}

const INK: Style = Style { hue: 6, dash: 0 };

/// What an arm's samples are moments of, and how it looks.
const KINDS: [(&str, Style); 5] = [
    ("answered", Style { hue: 0, dash: 0 }),
    ("lost", Style { hue: 1, dash: 0 }),
    ("fault", Style { hue: 7, dash: 0 }),
    ("detected", Style { hue: 3, dash: 0 }),
    ("repaired", Style { hue: 2, dash: 0 }),
];

/// Moments as marks, a row for each unit and fault.
pub(super) fn crash(report: &Report) -> Result<Figure, Missing> {
    let timeline = family(report, "crash.timeline")?[0].1;
    let mut cases: Vec<&str> = timeline.arms.iter().filter_map(|arm| Some(arm.name.rsplit_once(": ")?.0)).collect();
    cases.dedup();
    let samples = |case: &str, kind: &str| {
        timeline.arm(&format!("{case}: {kind}")).map_or(&[][..], |arm: &Arm| arm.samples.as_slice())
    };
    let (x, y) = (Axis::linear(moments(timeline), tick), Axis::rows(cases.len()));
    let (title, height) = ("requests to a sibling, by fault", 60 + ROW * cases.len() as u32);
    let drawn = draw(title, (&x, &y), height, |pen| {
        for (n, case) in cases.iter().enumerate() {
            let top = (cases.len() - n) as f64;
            pen.text((0.0, top), &format!(" {case}"));
            for (kind, style) in KINDS {
                for ms in thinned(samples(case, kind), x.high) {
                    match kind {
                        "answered" => pen.line(&[(ms, top - 0.85), (ms, top - 0.6)], style, 1),
                        "lost" => pen.mark((ms, top - 0.72), style),
                        _ => pen.mark((ms, top - 0.48), style),
                    }
                }
            }
        }
    });
    let of = |unit: &str, kind: &str| {
        let cases = cases.iter().filter(|case| case.starts_with(unit));
        cases.map(|case| samples(case, kind).len()).sum::<usize>()
    };
    let lost = ["thread", "process"].map(|unit| {
        let (lost, answered) = (of(unit, "lost"), of(unit, "answered"));
        format!("{lost} of {} requests beside a failing {unit}", lost + answered)
    });
    let row = |case: &&str| {
        let count = |kind| samples(case, kind).len().to_string();
        let when = |kind| samples(case, kind).iter().map(|ms| millis(*ms)).collect::<Vec<_>>().join(", ");
        let counts = ["answered", "lost"].map(count).to_vec();
        [vec![(*case).to_owned()], counts, ["fault", "detected", "repaired"].map(when).to_vec()].concat()
    };
    Ok(Figure {
        caption: format!("Lost were {}. A stroke is an answered request.", lost.join(", and ")),
        panels: vec![Panel { title: title.to_owned(), height, drawn }],
        legend: KINDS
            .iter()
            .filter(|(kind, _)| !cases.iter().all(|case| samples(case, kind).is_empty()))
            .map(|(kind, style)| ((*kind).to_owned(), *style))
            .collect(),
        head: vec!["Unit and fault", "Answered", "Lost", "Fault at", "Detected at", "Repaired at"],
        rows: cases.iter().map(row).collect(),
    })
}

fn moments(timeline: &Experiment) -> impl Iterator<Item = f64> {
    timeline.arms.iter().flat_map(|arm| arm.samples.iter().copied())
}

/// The moments in order, without those that would be drawn upon each other.
fn thinned(samples: &[f64], high: f64) -> Vec<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup_by(|next, before| *next - *before < high / 300.0);
    sorted
}
