//! How much faster fixed work gets, by the number of threads or processes that share it.

use super::lines::{Known, Lines, Point, Series, style};
use super::pen::Axis;
use super::{Figure, family};
use crate::report::Report;
use crate::verdict::Missing;

const UNITS: [&str; 2] = ["thread", "process"];

pub(super) fn draw(report: &Report) -> Result<Figure, Missing> {
    let experiment = family(report, "cpu.speed_up")?[0].1;
    let missing = |what: &str| Missing(format!("cpu.speed_up has no arm {what}"));
    let serial = experiment.arm("serial").ok_or_else(|| missing("'serial'"))?.median;
    let mut names = Known::default();
    let mut series: Vec<Series> = Vec::new();
    for unit in UNITS.iter().chain(&["thread: rayon"]) {
        // `thread: 2` is two threads; rayon has as many as there are processors.
        let count = |name: &str| match name.strip_prefix(unit)? {
            "" => Some(report.machine.cpus as f64),
            rest => rest.strip_prefix(": ")?.parse().ok(),
        };
        let points = experiment.arms.iter().filter_map(|arm| {
            let (y, low, high) = (serial / arm.median, serial / arm.p90, serial / arm.p10);
            Some(Point { x: count(&arm.name)?, y, low, high, samples: arm.samples.len() })
        });
        let mut points: Vec<Point> = points.collect();
        points.sort_by(|a, b| a.x.total_cmp(&b.x));
        if !points.is_empty() {
            series.push(Series { name: (*unit).to_owned(), style: style(unit, &mut names), points });
        }
    }
    if series.is_empty() {
        return Err(missing("for a number of units"));
    }
    let best = series.iter().filter_map(|series| {
        let best = series.points.iter().max_by(|a, b| a.y.total_cmp(&b.y))?;
        Some(format!("{} {:.2} × (with {})", series.name, best.y, best.x))
    });
    let best: Vec<String> = best.collect();
    let cpus = report.machine.cpus;
    let caption = format!("Against serial work on {cpus} CPUs, the most reached is: {}.", best.join(", "));
    let mut ticks: Vec<_> =
        series.iter().flat_map(|series| &series.points).map(|point| (point.x, point.x.to_string())).collect();
    ticks.sort_by(|a, b| a.0.total_cmp(&b.0));
    ticks.dedup();
    let panels = vec![("times as fast, by units".to_owned(), series)];
    let head = ["Plot", "Units", "Speed-up"];
    let label = |value: f64| format!("{value:.2}");
    Ok(Lines { head, x: Axis::at(&ticks), log: false, label, panels, marks: Vec::new() }.figure(caption))
}
