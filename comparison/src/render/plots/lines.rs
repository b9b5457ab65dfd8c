//! Lines through medians, with the spread of each: panels beside each other on the same axes.

use itertools::Itertools;

use super::axis::Axis;
use super::pen::{Panel, Style, draw};
use super::{Figure, family};
use crate::report::{Arm, Report};
use crate::tables::{part, time};
use crate::verdict::Missing;

/// A median and its spread: of which series, in which panel, and where on the x axis, with the label there.
pub(super) struct Point {
    pub(super) panel: String,
    pub(super) series: String,
    pub(super) x: f64,
    pub(super) at: String,
    pub(super) y: f64,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) samples: usize,
}

/// The arms whose names end so, controls aside, of the experiments whose ids begin so and end in a quantity and perhaps
/// a setting: `64KiB.same_cpu`.
pub(super) fn points(report: &Report, prefix: &str, ending: &str) -> Result<Vec<Point>, Missing> {
    let mut points = Vec::new();
    for (id, experiment) in family(report, prefix)? {
        let (size, setting) = id.split_once('.').unwrap_or((id, ""));
        let arms = experiment.arms.iter().filter(|arm| !arm.name.starts_with("control"));
        points.extend(arms.filter_map(|arm| {
            let (panel, series) = (part(setting), arm.name.strip_suffix(ending)?.to_owned());
            let Arm { median: y, p10: low, p90: high, .. } = *arm;
            Some(Point { panel, series, x: quantity(size)?, at: part(size), y, low, high, samples: arm.samples.len() })
        }));
    }
    in_order(points, prefix.trim_end_matches('.'))
}

/// The points by x, if there are any.
pub(super) fn in_order(points: Vec<Point>, of: &str) -> Result<Vec<Point>, Missing> {
    let none = || Missing(format!("{of} has no arms to draw"));
    if points.is_empty() { Err(none()) } else { Ok(points.into_iter().sorted_by(|a, b| a.x.total_cmp(&b.x)).collect()) }
}

/// What `64KiB` or `10ms` means in bytes or nanoseconds.
fn quantity(text: &str) -> Option<f64> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let power = |units: [&str; 4]| units.iter().position(|other| *other == unit).map(|power| power as i32);
    let bytes = power(["B", "KiB", "MiB", "GiB"]).map(|power| 1024_f64.powi(power));
    let factor = bytes.or(power(["ns", "us", "ms", "s"]).map(|power| 1000_f64.powi(power)));
    Some(number.parse::<f64>().ok()? * factor?)
}

/// The hue tells the mechanism; threads have solid lines, processes dashed ones, Node.js, with hues of its own, dotted
/// ones.
pub(super) fn style(name: &str, names: &[&str]) -> Style {
    let mechanism = |name| str::split_once(name, ": ").map_or(name, |(_, mechanism)| mechanism);
    let node = name.starts_with("node");
    let alike = names.iter().filter(|other| other.starts_with("node") == node);
    let hue = alike.map(|name| mechanism(name)).unique().position(|other| other == mechanism(name));
    Style { hue: hue.unwrap_or_default() % 8, dash: if node { 2 } else { usize::from(name.starts_with("process")) } }
}

/// Plots beside each other.
pub(super) struct Lines {
    /// In the order of x.
    pub(super) points: Vec<Point>,
    /// What the panels, the x axis and the y axis are called.
    pub(super) head: [&'static str; 3],
    /// Of the y axis, which goes by powers of ten if `log`.
    pub(super) label: fn(f64) -> String,
    pub(super) log: bool,
    /// Places on the x axis that are marked, with a word.
    pub(super) marks: Vec<(f64, String)>,
}

impl Lines {
    /// Of times, by powers of ten, without marks.
    pub(super) fn of_times(points: Vec<Point>, head: [&'static str; 3]) -> Self {
        Self { points, head, label: time, log: true, marks: Vec::new() }
    }

    pub(super) fn panels(&self) -> Vec<&str> {
        self.points.iter().map(|point| point.panel.as_str()).unique().collect()
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.points.iter().map(|point| point.series.as_str()).unique().collect()
    }

    pub(super) fn series(&self, panel: &str, name: &str) -> impl DoubleEndedIterator<Item = &Point> {
        self.points.iter().filter(move |point| point.panel == panel && point.series == name)
    }

    pub(super) fn figure(&self, caption: String) -> Figure {
        let (panels, names) = (self.panels(), self.names());
        let mut ticks: Vec<_> = self.points.iter().map(|point| (point.x, point.at.clone())).collect();
        ticks.dedup();
        let ends = self.points.iter().flat_map(|point| [point.low, point.high]);
        let y = if self.log { Axis::decades(ends, self.label) } else { Axis::linear(ends, self.label) };
        let axes = (&Axis::at(ticks), &y);
        let [panel, x, value] = self.head;
        let series = panels.iter().flat_map(|panel| names.iter().flat_map(|name| self.series(panel, name)));
        Figure {
            rows: series.map(|point| self.row(point)).collect(),
            head: vec!["Series", panel, x, value, "p10 to p90", "Samples"],
            legend: names.iter().map(|name| ((*name).to_owned(), style(name, &names))).collect(),
            panels: panels.iter().map(|title| self.panel(title, &names, axes)).collect(),
            caption,
        }
    }

    fn row(&self, point: &Point) -> Vec<String> {
        let [y, low, high] = [point.y, point.low, point.high].map(self.label);
        let (series, panel, at) = (point.series.clone(), point.panel.clone(), point.at.clone());
        vec![series, panel, at, y, format!("{low} to {high}"), point.samples.to_string()]
    }

    fn panel(&self, title: &str, names: &[&str], (x, y): (&Axis, &Axis)) -> Panel {
        draw(title, (x, y), 340, |pen| {
            for (n, (place, word)) in self.marks.iter().enumerate() {
                pen.line(&[(*place, y.low), (*place, y.high)], Style { hue: 6, dash: 2 }, 1);
                pen.text((*place, y.high / 4_f64.powi(n as i32)), word); // below each other
            }
            for name in names {
                let style = style(name, names);
                let line: Vec<_> = self.series(title, name).map(|point| (point.x, point.y)).collect();
                pen.line(&line, style, 2);
                for point in self.series(title, name) {
                    pen.line(&[(point.x, point.low), (point.x, point.high)], style.solid(), 1);
                    pen.mark((point.x, point.y), style);
                }
            }
        })
    }
}
