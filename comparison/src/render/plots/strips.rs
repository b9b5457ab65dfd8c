//! Strips below each other; in two plots they hold each sample of an experiment as a dot: what a median hides.

use itertools::Itertools;

use super::axis::Axis;
use super::lines::style;
use super::pen::{Panel, Pen, draw};
use super::{Figure, family};
use crate::report::{Arm, Experiment, Report};
use crate::tables::{brief, part, time};
use crate::verdict::Missing;

/// A strip for each name; `content` draws the nth, whose upper edge is at that height, and which is 1 high.
pub(super) fn strips(
    title: &str,
    x: &Axis,
    names: &[impl AsRef<str>],
    content: impl Fn(&mut Pen, usize, f64),
) -> Panel {
    draw(title, (x, &Axis::rows(names.len())), 60 + 42 * names.len() as u32, |pen| {
        for (n, name) in names.iter().enumerate() {
            let top = (names.len() - n) as f64;
            pen.text((x.low, top), name.as_ref());
            content(pen, n, top);
        }
    })
}

pub(super) fn round_trip(report: &Report) -> Result<Figure, Missing> {
    let family = family(report, "communication.round_trip.64B.")?;
    Ok(spread(&family.into_iter().map(|(placement, experiment)| (part(placement), experiment)).collect_vec()))
}

pub(super) fn creation(report: &Report) -> Result<Figure, Missing> {
    Ok(spread(&[("started and ended".to_owned(), family(report, "overhead.create")?[0].1)]))
}

/// The most dots a strip shows.
const DOTS: usize = 60;

fn spread(panels: &[(String, &Experiment)]) -> Figure {
    let arms = || panels.iter().flat_map(|(title, experiment)| experiment.arms.iter().map(move |arm| (title, arm)));
    let hues = arms().map(|(_, arm)| arm.name.as_str()).unique().collect_vec(); // alike in all panels
    let x = Axis::decades(arms().flat_map(|(_, arm)| arm.samples.iter().copied()), time);
    let width = |arm: &Arm| arm.p90 / arm.p10;
    let widest = arms().map(|(_, arm)| arm).filter(|arm| arm.p10 > 0.0).max_by(|a, b| width(a).total_cmp(&width(b)));
    let widest = widest.map(|arm| format!(" The widest is {}: its p90 is {} its p10.", arm.name, brief(width(arm))));
    let row = |(title, arm): (&String, &Arm)| {
        let [median, p10, p90] = [arm.median, arm.p10, arm.p90].map(time);
        vec![arm.name.clone(), title.clone(), median, p10, p90, arm.samples.len().to_string()]
    };
    Figure {
        caption: format!(
            "A dot is a sample; where there are more than {DOTS}, not all are drawn. The bar spans p10 to p90, the \
             stroke is the median. Strips side by side that overlap are hard to tell apart.{}",
            widest.unwrap_or_default()
        ),
        panels: panels.iter().map(|(title, experiment)| panel(title, experiment, &x, &hues)).collect(),
        legend: Vec::new(),
        head: vec!["Arm", "Plot", "Median", "p10", "p90", "Samples"],
        rows: arms().map(row).collect(),
    }
}

fn panel(title: &str, experiment: &Experiment, x: &Axis, hues: &[&str]) -> Panel {
    let names = experiment.arms.iter().map(|arm| arm.name.as_str()).collect_vec();
    strips(title, x, &names, |pen, n, top| {
        let (arm, middle) = (&experiment.arms[n], top - 0.7);
        let style = style(names[n], hues).solid();
        for (n, sample) in dots(arm).enumerate() {
            pen.dot((sample, middle + 0.15 * ((n * 7 % 5) as f64 / 2.0 - 1.0)), style);
        }
        pen.line(&[(arm.p10, middle), (arm.p90, middle)], style, 2);
        pen.line(&[(arm.median, middle - 0.25), (arm.median, middle + 0.25)], style, 3);
    })
}

/// Samples from the least to the most, evenly drawn.
fn dots(arm: &Arm) -> impl Iterator<Item = f64> {
    let every = arm.samples.len().div_ceil(DOTS).max(1);
    arm.samples.iter().copied().sorted_by(f64::total_cmp).step_by(every)
}
