//! Four plots of medians: by the size of a message, of the parent, of a task, and by the number of units.

use itertools::Itertools;

use super::lines::{Lines, Point, in_order, points};
use super::{Figure, family};
use crate::report::Report;
use crate::tables::break_even::{BreakEven, break_even};
use crate::tables::{brief, precise, time};
use crate::verdict::{Missing, arm};

/// How long a message takes there and back: every mechanism, a panel for each placement.
pub(super) fn round_trip(report: &Report) -> Result<Figure, Missing> {
    let points = points(report, "communication.round_trip.", "")?;
    let lines = Lines::of_times(points, ["CPUs", "Size", "Median round trip"]);
    let mut caption = "Solid lines are threads, dashed ones processes, dotted ones Node.js.".to_owned();
    for panel in lines.panels() {
        let process = |thread: &Point| {
            let name = format!("process: {}", thread.series.strip_prefix("thread: ")?);
            Some(lines.series(panel, &name).find(|process| process.x == thread.x)?.y / thread.y)
        };
        let threads = lines.points.iter().filter(|point| point.panel == panel);
        if let Some((low, high)) = threads.filter_map(process).minmax_by(f64::total_cmp).into_option() {
            let (low, high) = (precise(low), precise(high));
            caption +=
                &format!(" On {panel}: over the same mechanism a process takes {low} to {high} × a thread's time.");
        }
    }
    Ok(lines.figure(caption))
}

/// What it costs to make a unit, by how much memory its parent has touched.
pub(super) fn creation(report: &Report) -> Result<Figure, Missing> {
    let lines = Lines::of_times(points(report, "overhead.by_parent.", "")?, ["Pages", "Parent", "Median"]);
    let grown = |panel: &str| {
        let of = |name: &str| {
            let mut series = lines.series(panel, name);
            let (first, last) = (series.next()?, series.next_back()?);
            Some(format!("{name} {}", brief(last.y / first.y)))
        };
        format!("with {panel} {}", lines.names().into_iter().filter_map(of).join(", "))
    };
    let grown = lines.panels().into_iter().map(grown).join("; ");
    Ok(lines.figure(format!("In the largest parent a unit costs, against the smallest: {grown}.")))
}

/// How late a loop is that has a task done: from where on is it worth handing over?
pub(super) fn loop_delay(report: &Report) -> Result<Figure, Missing> {
    let mut points = points(report, "loop_delay.", ": loop delay")?;
    points.iter_mut().for_each(|point| point.panel = "loop delay, by task size".to_owned());
    let mut lines = Lines::of_times(points, ["Plot", "Task", "Median loop delay"]);
    let (mut marks, mut words) = (Vec::new(), Vec::new());
    for name in lines.names().into_iter().filter(|name| !name.ends_with("inline")) {
        let Some(from) = break_even(&report.experiments, name, "loop delay") else { continue };
        words.push(match from {
            BreakEven::Size(size) => format!("{name} from {}", time(size)),
            BreakEven::Below(_) => format!("{name} at every size measured"),
            BreakEven::Above(_) => format!("{name} at none"),
        });
        if let BreakEven::Size(size) = from {
            marks.push((size, format!("{name} {}", time(size))));
        }
    }
    marks.sort_by(|a, b| a.0.total_cmp(&b.0));
    lines.marks = marks;
    let below = " Below its break-even (dotted) the hand-over costs more than the work.";
    let below = if lines.marks.is_empty() { "" } else { below };
    let words = words.join(", ");
    Ok(lines.figure(format!("Handing a task over delays the loop less than doing it inline: {words}.{below}")))
}

/// How much faster fixed work gets, by the number of threads or processes that share it.
pub(super) fn speed_up(report: &Report) -> Result<Figure, Missing> {
    let (experiment, cpus) = (family(report, "cpu.speed_up")?[0].1, report.machine.cpus);
    let (serial, title) = (arm(experiment, "serial")?.median, "times as fast, by units");
    let mut points = Vec::new();
    for arm in &experiment.arms {
        // `thread: 2` is two threads; rayon has as many as there are processors.
        let Some((unit, number)) = arm.name.split_once(": ") else { continue };
        let (series, number) =
            if number == "rayon" { (arm.name.as_str(), Some(cpus)) } else { (unit, number.parse().ok()) };
        let Some(number) = number else { continue };
        let [y, high, low] = [arm.median, arm.p10, arm.p90].map(|time| serial / time);
        let (x, at, samples) = (number as f64, number.to_string(), arm.samples.len());
        points.push(Point { panel: title.to_owned(), series: series.to_owned(), x, at, y, low, high, samples });
    }
    let points = in_order(points, "cpu.speed_up")?;
    let lines = Lines { points, head: ["Plot", "Units", "Speed-up"], label: precise, log: false, marks: Vec::new() };
    let best = |name: &str| {
        let best = lines.series(title, name).max_by(|a, b| a.y.total_cmp(&b.y))?;
        Some(format!("{name} {} × (with {})", precise(best.y), best.at))
    };
    let best = lines.names().into_iter().filter_map(best).join(", ");
    Ok(lines.figure(format!("Against serial work on {cpus} CPUs, the most reached is: {best}.")))
}
