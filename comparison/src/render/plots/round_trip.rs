//! How long a message takes there and back, by its size: every mechanism, a panel for each placement.

use super::lines::{Lines, Series, gather, no_control};
use super::{Figure, family};
use crate::report::Report;
use crate::tables::time;
use crate::verdict::Missing;

/// The ends of the ids, and what they mean.
pub(super) const PLACEMENTS: [(&str, &str); 2] = [("same_cpu", "one CPU"), ("two_cpus", "two CPUs")];

pub(super) fn draw(report: &Report) -> Result<Figure, Missing> {
    let (panels, x) = gather(&family(report, "communication.round_trip.")?, &PLACEMENTS, no_control);
    let mut caption = "Solid lines are threads, dashed ones processes, dotted ones Node.js.".to_owned();
    for (title, series) in &panels {
        let mut sizes: Vec<_> = x.ticks.first().into_iter().chain(x.ticks.last()).collect();
        sizes.dedup();
        let words = sizes.into_iter().filter_map(|(bytes, size)| extremes(size, *bytes, series));
        let words: Vec<String> = boundary(series).into_iter().chain(words).collect();
        caption += &format!(" On {title}: {}.", words.join("; "));
    }
    let head = ["CPUs", "Size", "Median round trip"];
    Ok(Lines { head, x, log: true, label: time, panels, marks: Vec::new() }.figure(caption))
}

/// What the boundary costs where the mechanism is the same.
fn boundary(series: &[Series]) -> Option<String> {
    let mut ratios: Vec<f64> = Vec::new();
    for thread in series {
        let Some(mechanism) = thread.name.strip_prefix("thread: ") else { continue };
        let process = series.iter().find(|other| other.name.strip_prefix("process: ") == Some(mechanism));
        ratios.extend(thread.points.iter().filter_map(|point| Some(process?.at(point.x)? / point.y)));
    }
    ratios.sort_by(f64::total_cmp);
    let (low, high) = (ratios.first()?, ratios.last()?);
    Some(format!("over the same mechanism a process takes {low:.2} to {high:.2} × a thread's time"))
}

/// The quickest and the slowest at one size.
fn extremes(size: &str, bytes: f64, series: &[Series]) -> Option<String> {
    let mut there: Vec<_> = series.iter().filter_map(|one| Some((one.at(bytes)?, &one.name))).collect();
    there.sort_by(|a, b| a.0.total_cmp(&b.0));
    let [(quick, first), .., (slow, last)] = there.as_slice() else { return None };
    Some(format!("at {size} the quickest is {first} ({}), the slowest {last} ({})", time(*quick), time(*slow)))
}
