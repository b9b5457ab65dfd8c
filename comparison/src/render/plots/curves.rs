//! Four plots of medians: by the size of a message, of the parent, of a task, and by the number of units.

use super::lines::{Lines, Point, points};
use super::{Figure, distinct, family};
use crate::report::Report;
use crate::tables::break_even::{From, break_even};
use crate::tables::{brief, precise, time};
use crate::verdict::{Missing, arm};

/// How long a message takes there and back: every mechanism, a panel for each placement.
pub(super) fn round_trip(report: &Report) -> Result<Figure, Missing> {
    let points = points(report, "communication.round_trip.", "")?;
    let mut caption = "Solid lines are threads, dashed ones processes, dotted ones Node.js.".to_owned();
    for panel in distinct(points.iter().map(|point| point.panel.as_str())) {
        let mut ratios: Vec<f64> = points.iter().filter_map(|point| boundary(point, panel, &points)).collect();
        ratios.sort_by(f64::total_cmp);
        if let (Some(low), Some(high)) = (ratios.first(), ratios.last()) {
            caption += &format!(
                " On {panel}: over the same mechanism a process takes {low:.2} to {high:.2} × a thread's time."
            );
        }
    }
    let head = ["CPUs", "Size", "Median round trip"];
    Ok(Lines { caption, head, points, label: time, log: true, marks: Vec::new() }.figure())
}

/// What a process takes over the same mechanism, if this is a thread's point in the panel.
fn boundary(thread: &Point, panel: &str, points: &[Point]) -> Option<f64> {
    let process = format!("process: {}", thread.series.strip_prefix("thread: ")?);
    let there = |point: &&Point| point.panel == panel && point.x == thread.x && point.series == process;
    Some(points.iter().find(there).filter(|_| thread.panel == panel)?.y / thread.y)
}

/// What it costs to make a unit, by how much memory its parent has touched.
pub(super) fn creation(report: &Report) -> Result<Figure, Missing> {
    let points = points(report, "overhead.by_parent.", "")?;
    let mut caption = "In the largest parent a unit costs, against the smallest:".to_owned();
    for panel in distinct(points.iter().map(|point| point.panel.as_str())) {
        let there = || points.iter().filter(|point| point.panel == panel);
        let grown = |name: &str| {
            let mut of = there().filter(|point| point.series == name);
            let (first, last) = (of.next()?, of.next_back()?);
            Some(format!("{name} {}", brief(last.y / first.y)))
        };
        let grown: Vec<String> =
            distinct(there().map(|point| point.series.as_str())).into_iter().filter_map(grown).collect();
        caption += &format!(" with {panel} {};", grown.join(", "));
    }
    let caption = caption.trim_end_matches(';').to_owned() + ".";
    let head = ["Pages", "Parent", "Median"];
    Ok(Lines { caption, head, points, label: time, log: true, marks: Vec::new() }.figure())
}

/// How late a loop is that has a task done: from where on is it worth handing over?
pub(super) fn loop_delay(report: &Report) -> Result<Figure, Missing> {
    let mut points = points(report, "loop_delay.", ": loop delay")?;
    points.iter_mut().for_each(|point| point.panel = "loop delay, by task size".to_owned());
    let (mut marks, mut words) = (Vec::new(), Vec::new());
    for name in distinct(points.iter().map(|point| point.series.as_str())) {
        match break_even(&report.experiments, name, "loop delay") {
            _ if name == "inline" => {}
            Some(From::Size(size)) => {
                marks.push((size, format!("{name} {}", time(size))));
                words.push(format!("{name} from {}", time(size)));
            }
            Some(From::Below(_)) => words.push(format!("{name} at every size measured")),
            Some(From::Above(_)) => words.push(format!("{name} at none")),
            None => {}
        }
    }
    marks.sort_by(|a, b| a.0.total_cmp(&b.0));
    let caption = format!(
        "Handing a task over delays the loop less than doing it inline: {}. Below its break-even (dotted) the hand-over \
         costs more than the work.",
        words.join(", ")
    );
    let head = ["Plot", "Task", "Median loop delay"];
    Ok(Lines { caption, head, points, label: time, log: true, marks }.figure())
}

/// How much faster fixed work gets, by the number of threads or processes that share it.
pub(super) fn speed_up(report: &Report) -> Result<Figure, Missing> {
    let experiment = family(report, "cpu.speed_up")?[0].1;
    let serial = arm(experiment, "serial")?.median;
    let mut points = Vec::new();
    for arm in &experiment.arms {
        // `thread: 2` is two threads; rayon has as many as there are processors.
        let (series, number) = match arm.name.split_once(": ") {
            Some((_, "rayon")) => (arm.name.as_str(), Some(report.machine.cpus as f64)),
            Some((unit, number)) => (unit, number.parse().ok()),
            None => continue,
        };
        let Some(x) = number else { continue };
        let (panel, series, at) = ("times as fast, by units".to_owned(), series.to_owned(), x.to_string());
        let [y, high, low] = [arm.median, arm.p10, arm.p90].map(|time| serial / time);
        points.push(Point { panel, series, x, at, y, low, high, samples: arm.samples.len() });
    }
    points.sort_by(|a, b| a.x.total_cmp(&b.x));
    let best = |name: &str| {
        let best = points.iter().filter(|point| point.series == name).max_by(|a, b| a.y.total_cmp(&b.y))?;
        Some(format!("{name} {} × (with {})", precise(best.y), best.x))
    };
    let best: Vec<String> =
        distinct(points.iter().map(|point| point.series.as_str())).into_iter().filter_map(best).collect();
    let caption =
        format!("Against serial work on {} CPUs, the most reached is: {}.", report.machine.cpus, best.join(", "));
    let head = ["Plot", "Units", "Speed-up"];
    Ok(Lines { caption, head, points, label: precise, log: false, marks: Vec::new() }.figure())
}
