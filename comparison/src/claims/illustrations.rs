//! What decides no verdict but explains one: ratios by the size of a message, of a parent, of a task.

use super::assess::{find, median, noise_floor, ratio};
use super::trials::communication::{ADVANCED, PIPE, POSTED, SENT, SIZES, USUAL};
use super::trials::creation::{FORK, PROGRAM, THREAD};
use super::trials::loop_delay as tasks;
use super::words::{time, times};
use super::{communication, cpu_intensive, overhead};
use crate::measure::samples::{Experiment, Ratio};
use crate::measure::stats::MIN_EFFECT;

/// A finding, and the curves that show it.
pub(crate) struct Illustration {
    /// A sentence, from the data.
    pub(crate) finding: String,
    /// What grows to the right.
    pub(crate) x: &'static str,
    /// What each panel's ratios are of, and its curves.
    pub(crate) panels: Vec<(&'static str, Vec<Curve>)>,
}

/// The ratio of two arms by size.
pub(crate) struct Curve {
    pub(crate) name: &'static str,
    /// Whether it is of the real Node.js.
    pub(crate) node: bool,
    pub(crate) points: Vec<Point>,
}

pub(crate) struct Point {
    pub(crate) size: f64,
    /// The size in words.
    pub(crate) label: String,
    pub(crate) ratio: Ratio,
    /// The noise floor of its experiment.
    pub(crate) floor: f64,
    /// Whether it rests on few samples.
    pub(crate) few: bool,
}

/// What illustrates a row, if it was measured.
pub(crate) fn of(key: &str, report: &[Experiment]) -> Option<Illustration> {
    match key {
        _ if key == communication::CLAIM.key => by_message(report),
        _ if key == overhead::CLAIM.key => by_parent(report),
        _ if key == cpu_intensive::CLAIM.key => by_task(report),
        _ => None,
    }
}

/// The ratio of two arms in one experiment, done at that size.
fn point(report: &[Experiment], id: &str, [above, below]: [&str; 2], (size, label): (f64, String)) -> Option<Point> {
    let done = find(report, id).ok()?;
    let few = done.arm(above).is_some_and(|arm| arm.count() < 12);
    Some(Point { size, label, ratio: ratio(done, above, below).ok()?, floor: noise_floor(done), few })
}

/// From the smallest to the largest ratio.
fn span<'a>(curves: impl Iterator<Item = &'a Curve>) -> Option<String> {
    let mut all: Vec<f64> = curves.flat_map(|one| &one.points).map(|point| point.ratio.median).collect();
    all.sort_by(f64::total_cmp);
    Some(format!("{} to {}", times(*all.first()?), times(*all.last()?)))
}

/// A message to a process and back, against the same to a thread.
fn by_message(report: &[Experiment]) -> Option<Illustration> {
    let panel = |place: usize| {
        let rust = [PIPE, USUAL].map(|arms| {
            let points = SIZES.iter().enumerate().filter_map(|(step, (label, bytes, _))| {
                let id = communication::SETTINGS[2 * step + place].0;
                point(report, id, arms, (*bytes as f64, (*label).to_owned()))
            });
            Curve { name: arms[0].trim_start_matches("process: "), node: false, points: points.collect() }
        });
        let node = [("send", SENT), ("advanced", ADVANCED)].map(|(name, way)| {
            let points = SIZES.iter().filter_map(|(label, bytes, _)| {
                let [above, below] = [way, POSTED].map(|way| format!("{way}, {label}"));
                let id = communication::NODE[place].0;
                point(report, id, [&above, &below], (*bytes as f64, (*label).to_owned()))
            });
            Curve { name, node: true, points: points.collect() }
        });
        rust.into_iter().chain(node).collect::<Vec<Curve>>()
    };
    let panels = vec![("process to thread, one CPU", panel(0)), ("process to thread, two CPUs", panel(1))];
    let curves = || panels.iter().flat_map(|(_, curves)| curves);
    let is_usual = |curve: &Curve| USUAL[0].ends_with(curve.name);
    let same = span(curves().filter(|curve| !curve.node && !is_usual(curve)))?;
    let usual = span(curves().filter(|curve| !curve.node && is_usual(curve)))?;
    let node = span(curves().filter(|curve| curve.node)).map_or(String::new(), |node| format!("; in Node.js {node}"));
    let finding = format!(
        "Over the same pipe a process takes {same} as long as a thread; over the usual way of each, {usual}{node}"
    );
    Some(Illustration { finding, x: "size of the message", panels })
}

/// A fork and another program, against a thread, by the memory of the parent.
fn by_parent(report: &[Experiment]) -> Option<Illustration> {
    let [fork, program] = [("fork", FORK), ("program", PROGRAM)].map(|(name, unit)| {
        let at = |(id, size): (&str, f64)| point(report, id, [unit, THREAD], (size, size.to_string()));
        Curve { name, node: false, points: overhead::BY_PARENT.into_iter().filter_map(at).collect() }
    });
    let [first, .., last] = fork.points.as_slice() else { return None };
    let mut finding = format!(
        "A fork takes {} as long as a thread from a parent of {} MiB, {} from one of {} MiB",
        times(first.ratio.median),
        first.label,
        times(last.ratio.median),
        last.label
    );
    let mut pairs = fork.points.iter().zip(&program.points);
    if let Some((point, _)) = pairs.find(|(fork, program)| fork.ratio.low > program.ratio.high) {
        finding += &format!("; from {} MiB on it takes longer than another program", point.label);
    }
    let panels = vec![("time, to a thread's", vec![fork, program])];
    Some(Illustration { finding, x: "memory of the parent, MiB", panels })
}

/// How much later the loop is with tasks done inline than with them handed over, at the sizes that were really done.
fn by_task(report: &[Experiment]) -> Option<Illustration> {
    let delay = |id: &str, inline: &str, other: &str| {
        let total = median(find(report, id).ok()?, &tasks::total(inline)).ok()?;
        let size = total / tasks::TASKS as f64;
        let [above, below] = [inline, other].map(tasks::delay);
        point(report, id, [&above, &below], (size, time(size)))
    };
    let rust = [("threads", tasks::THREAD), ("processes", tasks::PROCESS), ("pool", tasks::POOL)].map(|(name, arm)| {
        let points = cpu_intensive::BY_SIZE.iter().filter_map(|id| delay(id, tasks::INLINE, arm));
        Curve { name, node: false, points: points.collect() }
    });
    let workers = delay(cpu_intensive::NODE, tasks::NODE_INLINE, tasks::NODE_WORKER).into_iter().collect();
    let threads = &rust[0].points;
    let worse = threads.iter().rfind(|point| point.ratio.low <= MIN_EFFECT);
    let better = threads.iter().find(|point| point.ratio.low > MIN_EFFECT);
    let finding = match (worse, better) {
        (None, Some(first)) => format!("Threads keep the loop freer at every size measured, from {} on", first.label),
        (Some(last), None) => format!("Threads keep the loop no freer up to {}", last.label),
        (Some(last), Some(first)) if last.size < first.size => {
            format!("Handing a task to a thread pays off somewhere between {} and {}", last.label, first.label)
        }
        (None, None) => return None,
        _ => "From which size on threads keep the loop freer is unclear".to_owned(),
    };
    let curves = rust.into_iter().chain([Curve { name: "Workers", node: true, points: workers }]).collect();
    let panels = vec![("delay, inline to handed over", curves)];
    Some(Illustration { finding, x: "what one task takes", panels })
}
