//! Each sample of an experiment as a dot, a strip for each arm: what a median hides.

use super::lines::{Known, style};
use super::pen::{Axis, Style, draw};
use super::round_trip::PLACEMENTS;
use super::{Figure, Panel, family, fold};
use crate::report::{Arm, Experiment, Report};
use crate::stats::quantile;
use crate::tables::time;
use crate::verdict::Missing;

pub(super) fn round_trip(report: &Report) -> Result<Figure, Missing> {
    let family = family(report, "communication.round_trip.64B.")?;
    let panel = |(suffix, title): &(&str, &str)| {
        let (_, experiment) = family.iter().find(|(placement, _)| placement == suffix)?;
        Some(((*title).to_owned(), *experiment))
    };
    Ok(strips(&PLACEMENTS.iter().filter_map(panel).collect::<Vec<_>>()))
}

pub(super) fn creation(report: &Report) -> Result<Figure, Missing> {
    Ok(strips(&[("started and ended".to_owned(), family(report, "overhead.create")?[0].1)]))
}

/// The most dots a strip shows; more samples are shown by as many quantiles.
const DOTS: usize = 60;

fn strips(panels: &[(String, &Experiment)]) -> Figure {
    let arms = || panels.iter().flat_map(|(_, experiment)| &experiment.arms);
    let x = Axis::decades(arms().flat_map(|arm| arm.samples.iter().copied()), time);
    let spread = |arm: &&Arm| arm.p90 / arm.p10;
    let widest = arms().filter(|arm| arm.p10 > 0.0).max_by(|a, b| spread(a).total_cmp(&spread(b)));
    let widest = widest.map(|arm| format!(" The widest is {}: its p90 is {} its p10.", arm.name, fold(spread(&arm))));
    let row = |title: &str, arm: &Arm| {
        let figures = [arm.median, arm.p10, arm.p90].map(time);
        [vec![arm.name.clone(), title.to_owned()], figures.to_vec(), vec![arm.samples.len().to_string()]].concat()
    };
    Figure {
        caption: format!(
            "A dot is a sample, or one of {DOTS} quantiles where there are more; the bar spans p10 to p90, the stroke \
             is the median. Strips side by side that overlap are hard to tell apart.{}",
            widest.unwrap_or_default()
        ),
        panels: panels.iter().map(|(title, experiment)| panel(title, experiment, &x)).collect(),
        legend: Vec::new(),
        head: vec!["Arm", "Plot", "Median", "p10", "p90", "Samples"],
        rows: panels.iter().flat_map(|(title, one)| one.arms.iter().map(move |arm| row(title, arm))).collect(),
    }
}

fn panel(title: &str, experiment: &Experiment, x: &Axis) -> Panel {
    let rows = experiment.arms.len();
    let (y, height) = (Axis::rows(rows), 60 + 40 * rows as u32);
    let mut names = Known::default();
    let drawn = draw(title, (x, &y), height, |pen| {
        for (n, arm) in experiment.arms.iter().enumerate() {
            let style = Style { dash: 0, ..style(&arm.name, &mut names) };
            let (top, middle) = ((rows - n) as f64, (rows - n) as f64 - 0.7);
            pen.text((x.low, top), &format!(" {}", arm.name));
            for (n, sample) in dots(arm).into_iter().enumerate() {
                pen.dot((sample, middle + 0.15 * ((n * 7 % 5) as f64 / 2.0 - 1.0)), style);
            }
            pen.line(&[(arm.p10, middle), (arm.p90, middle)], style, 2);
            pen.line(&[(arm.median, middle - 0.25), (arm.median, middle + 0.25)], style, 3);
        }
    });
    Panel { title: title.to_owned(), height, drawn }
}

fn dots(arm: &Arm) -> Vec<f64> {
    let mut sorted = arm.samples.clone();
    sorted.sort_by(f64::total_cmp);
    if sorted.len() <= DOTS {
        return sorted;
    }
    (0..DOTS).map(|n| quantile(&sorted, (n as f64 + 0.5) / DOTS as f64)).collect()
}
