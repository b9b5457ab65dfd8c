//! Lines through medians, with the spread of each.

use super::pen::{Axis, Style, draw};
use super::{Figure, Panel, quantity, spaced};
use crate::report::{Arm, Experiment};

pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) samples: usize,
}

impl Point {
    /// An arm's median at `x`, and its p10 and p90.
    pub(super) fn of(x: f64, arm: &Arm) -> Self {
        Self { x, y: arm.median, low: arm.p10, high: arm.p90, samples: arm.samples.len() }
    }
}

pub(super) struct Series {
    pub(super) name: String,
    pub(super) style: Style,
    pub(super) points: Vec<Point>,
}

impl Series {
    /// Its value at `x`.
    pub(super) fn at(&self, x: f64) -> Option<f64> {
        self.points.iter().find(|point| point.x == x).map(|point| point.y)
    }
}

/// The series of experiments whose ids end in a quantity and perhaps a setting (`64KiB.same_cpu`), a panel for each
/// setting and its title, and the quantities as ticks. `name` says under which name an arm is shown, if at all.
pub(super) fn gather(
    family: &[(&str, &Experiment)],
    settings: &[(&str, &str)],
    name: impl Fn(&Arm) -> Option<String>,
) -> (Vec<(String, Vec<Series>)>, Axis) {
    let (mut names, mut panels, mut ticks) = (Known::default(), Vec::new(), Vec::new());
    for (setting, title) in settings {
        let mut all: Vec<Series> = Vec::new();
        for (id, experiment) in family {
            let (size, suffix) = id.split_once('.').unwrap_or((id, ""));
            let Some(x) = quantity(size).filter(|_| suffix == *setting) else { continue };
            ticks.push((x, spaced(size)));
            for (name, arm) in experiment.arms.iter().filter_map(|arm| Some((name(arm)?, arm))) {
                let place = all.iter().position(|series| series.name == name).unwrap_or_else(|| {
                    all.push(Series { style: style(&name, &mut names), name, points: Vec::new() });
                    all.len() - 1
                });
                all[place].points.push(Point::of(x, arm));
            }
        }
        all.iter_mut().for_each(|series| series.points.sort_by(|a, b| a.x.total_cmp(&b.x)));
        if !all.is_empty() {
            panels.push(((*title).to_owned(), all));
        }
    }
    ticks.sort_by(|a, b| a.0.total_cmp(&b.0));
    ticks.dedup();
    (panels, Axis::at(&ticks))
}

/// An arm's name; controls are not shown.
pub(super) fn no_control(arm: &Arm) -> Option<String> {
    (!arm.name.starts_with("control")).then(|| arm.name.clone())
}

/// The mechanisms that have a hue already: ours, and those of Node.js.
pub(super) type Known = (Vec<String>, Vec<String>);

/// The hue tells the mechanism, one of `known` or a new one; threads have solid lines, processes dashed ones, Node.js
/// dotted ones.
pub(super) fn style(name: &str, known: &mut Known) -> Style {
    let mechanism = name.split_once(": ").map_or(name, |(_, mechanism)| mechanism);
    let dash = match name {
        name if name.starts_with("node") => 2,
        name if name.starts_with("process") => 1,
        _ => 0,
    };
    // Node.js has its own: with dots for a line they are told from ours.
    let known = if dash == 2 { &mut known.1 } else { &mut known.0 };
    let hue = known.iter().position(|other| other == mechanism).unwrap_or_else(|| {
        known.push(mechanism.to_owned());
        known.len() - 1
    });
    Style { hue: hue % 8, dash }
}

/// Plots beside each other on the same axes.
pub(super) struct Lines {
    pub(super) head: [&'static str; 3],
    pub(super) x: Axis,
    pub(super) log: bool,
    pub(super) label: fn(f64) -> String,
    /// Each with its title.
    pub(super) panels: Vec<(String, Vec<Series>)>,
    /// Places on the x axis that are marked, with a word.
    pub(super) marks: Vec<(f64, String)>,
}

impl Lines {
    pub(super) fn figure(&self, caption: String) -> Figure {
        let points = || self.panels.iter().flat_map(|(_, series)| series).flat_map(|series| &series.points);
        let ends = points().flat_map(|point| [point.low, point.high]);
        let y = if self.log { Axis::decades(ends, self.label) } else { Axis::linear(ends, self.label) };
        let mut legend: Vec<(String, Style)> = Vec::new();
        for series in self.panels.iter().flat_map(|(_, series)| series) {
            if !legend.iter().any(|(name, _)| *name == series.name) {
                legend.push((series.name.clone(), series.style));
            }
        }
        let panels = self.panels.iter().map(|(title, series)| self.panel(title, series, &y)).collect();
        let [panel, x, value] = self.head;
        let head = vec!["Series", panel, x, value, "p10 to p90", "Samples"];
        Figure { caption, panels, legend, head, rows: self.rows() }
    }

    fn panel(&self, title: &str, series: &[Series], y: &Axis) -> Panel {
        const HEIGHT: u32 = 340;
        let drawn = draw(title, (&self.x, y), HEIGHT, |pen| {
            for (n, (place, word)) in self.marks.iter().enumerate() {
                pen.line(&[(*place, y.low), (*place, y.high)], MARK, 1);
                let height = y.high / 4_f64.powi(n as i32); // below each other
                pen.text((*place, height), &format!(" {word}"));
            }
            for series in series {
                let line: Vec<_> = series.points.iter().map(|point| (point.x, point.y)).collect();
                pen.line(&line, series.style, 2);
                for point in &series.points {
                    pen.line(&[(point.x, point.low), (point.x, point.high)], Style { dash: 0, ..series.style }, 1);
                    pen.mark((point.x, point.y), series.style);
                }
            }
        });
        Panel { title: title.to_owned(), height: HEIGHT, drawn }
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let x =
            |x: f64| self.x.ticks.iter().find(|(tick, _)| *tick == x).map_or(x.to_string(), |(_, name)| name.clone());
        let row = |title: &str, series: &Series, point: &Point| {
            let spread = format!("{} to {}", (self.label)(point.low), (self.label)(point.high));
            let (value, samples) = ((self.label)(point.y), point.samples.to_string());
            vec![series.name.clone(), title.to_owned(), x(point.x), value, spread, samples]
        };
        let mut rows = Vec::new();
        for (title, series) in &self.panels {
            for series in series {
                rows.extend(series.points.iter().map(|point| row(title, series, point)));
            }
        }
        rows
    }
}

const MARK: Style = Style { hue: 6, dash: 2 };
