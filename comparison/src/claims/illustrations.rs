//! What decides no verdict but explains one: ratios by the size of a message, of a parent, of a task.

use super::assess::{Condition, find, median, noise_floor};
use super::trials::communication::{ADVANCED, PIPE, POSTED, SENT, SIZES, USUAL};
use super::trials::creation::{FORK, PROGRAM, THREAD};
use super::trials::loop_delay as tasks;
use super::words::{time, times};
use super::{communication, cpu_intensive, overhead};
use crate::measure::samples::{Experiment, Ratio};
use crate::measure::stats::MIN_EFFECT;

/// A finding, and the lines of a picture that shows it.
pub(crate) struct Illustration {
    /// A sentence, from the data.
    pub(crate) finding: String,
    /// What its ratios are of.
    pub(crate) axis: &'static str,
    pub(crate) lines: Vec<Line>,
}

/// A line of a picture: conditions of each subject on the same axis.
pub(crate) struct Line {
    pub(crate) name: String,
    /// The noise floor of what it rests on.
    pub(crate) floor: f64,
    pub(crate) sides: Vec<Series>,
}

/// Conditions of one subject.
pub(crate) struct Series {
    /// Whether it is the real Node.js.
    pub(crate) node: bool,
    /// Those that rest on a ratio are a dot each.
    pub(crate) conditions: Vec<Condition>,
    /// What stands beside the dots.
    pub(crate) words: String,
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

/// The largest noise floor of these experiments.
pub(crate) fn floor<'a>(report: &[Experiment], ids: impl IntoIterator<Item = &'a str>) -> f64 {
    ids.into_iter().filter_map(|id| find(report, id).ok()).map(noise_floor).fold(1.0, f64::max)
}

/// Ratios of one experiment: what each is called, numerator, denominator.
fn series(report: &[Experiment], id: &str, ratios: &[(&str, &str, &str)]) -> Option<Series> {
    let done = find(report, id).ok()?;
    let (mut conditions, mut words) = (Vec::new(), Vec::new());
    for (name, above, below) in ratios {
        let condition = Condition::more(done, above, below, name).ok()?;
        let median = condition.ratio.as_ref()?.median;
        words.push((median, format!("{name} {}", times(median))));
        conditions.push(condition);
    }
    words.sort_by(|(one, _), (other, _)| one.total_cmp(other)); // as the dots stand
    let words: Vec<String> = words.into_iter().map(|(_, word)| word).collect();
    Some(Series { node: id.starts_with("node."), conditions, words: words.join(", ") })
}

/// The ratios of the conditions that stand at `place` in their series.
fn ratios_at(lines: &[Line], node: bool, place: usize) -> Vec<&Ratio> {
    let series = lines.iter().flat_map(|line| &line.sides).filter(|one| one.node == node);
    series.filter_map(|one| one.conditions.get(place)?.ratio.as_ref()).collect()
}

/// From the smallest to the largest ratio.
fn span(ratios: &[&Ratio]) -> Option<String> {
    let mut all: Vec<f64> = ratios.iter().map(|ratio| ratio.median).collect();
    all.sort_by(f64::total_cmp);
    Some(format!("{} to {}", times(*all.first()?), times(*all.last()?)))
}

/// A message to a process and back, against the same to a thread.
fn by_message(report: &[Experiment]) -> Option<Illustration> {
    let mut lines = Vec::new();
    for (place, (id, setting)) in communication::SETTINGS.into_iter().enumerate() {
        let (size, node) = (SIZES[place / 2].0, communication::NODE[place % 2].0);
        let [posted, sent, advanced] = [POSTED, SENT, ADVANCED].map(|way| format!("{way}, {size}"));
        let rust = [("pipe", PIPE[0], PIPE[1]), ("ipc-channel", USUAL[0], USUAL[1])];
        let in_node = [("send", sent.as_str(), posted.as_str()), ("advanced", &advanced, &posted)];
        let sides = [series(report, id, &rust), series(report, node, &in_node)];
        let floor = floor(report, [id, node]);
        lines.push(Line { name: setting.to_owned(), floor, sides: sides.into_iter().flatten().collect() });
    }
    let same = span(&ratios_at(&lines, false, 0))?;
    let usual = span(&ratios_at(&lines, false, 1))?;
    let node = span(&[ratios_at(&lines, true, 0), ratios_at(&lines, true, 1)].concat());
    let node = node.map_or(String::new(), |node| format!("; in Node.js {node}"));
    let finding = format!(
        "Over the same pipe a process takes {same} as long as a thread; over the usual way of each, {usual}{node}"
    );
    Some(Illustration { finding, axis: "there and back, process to thread", lines })
}

/// A fork and another program, against a thread, by the memory of the parent.
fn by_parent(report: &[Experiment]) -> Option<Illustration> {
    let mut lines = Vec::new();
    for (id, mib) in overhead::BY_PARENT {
        let sides = series(report, id, &[("fork", FORK, THREAD), ("program", PROGRAM, THREAD)])?;
        lines.push(Line { name: format!("{mib} MiB"), floor: floor(report, [id]), sides: vec![sides] });
    }
    let (forks, programs) = (ratios_at(&lines, false, 0), ratios_at(&lines, false, 1));
    let ([first, .., last], [smallest, .., largest]) = (forks.as_slice(), lines.as_slice()) else { return None };
    let mut finding = format!(
        "A fork takes {} as long as a thread from a parent of {}, {} from one of {}",
        times(first.median),
        smallest.name,
        times(last.median),
        largest.name
    );
    let longer = forks.iter().zip(programs).position(|(fork, program)| fork.low > program.high);
    if let Some(place) = longer {
        finding += &format!("; from {} on it takes longer than another program", lines[place].name);
    }
    Some(Illustration { finding, axis: "to a thread, by the parent's memory", lines })
}

/// How much later the loop is with tasks done inline than on threads, at the sizes that were really done.
fn by_task(report: &[Experiment]) -> Option<Illustration> {
    let [inline, thread] = [tasks::INLINE, tasks::THREAD].map(tasks::delay);
    let mut lines = Vec::new();
    for id in cpu_intensive::BY_SIZE {
        let size = median(find(report, id).ok()?, &tasks::total(tasks::INLINE)).ok()? / tasks::TASKS as f64;
        let sides = series(report, id, &[("threads", &inline, &thread)])?;
        lines.push(Line { name: time(size), floor: floor(report, [id]), sides: vec![sides] });
    }
    let pays_off = |ratio: &&Ratio| ratio.low > MIN_EFFECT;
    let ratios = ratios_at(&lines, false, 0);
    let finding = match ratios.iter().position(pays_off) {
        None => format!("Threads keep the loop no freer up to {} a task", lines.last()?.name),
        Some(first) if !ratios[first..].iter().all(pays_off) => {
            "From which size on threads keep the loop freer is unclear".to_owned()
        }
        Some(0) => format!("Threads keep the loop freer at every size measured, from {} a task on", lines[0].name),
        Some(first) => format!(
            "Handing a task to a thread pays off somewhere between {} and {}",
            lines[first - 1].name,
            lines[first].name
        ),
    };
    Some(Illustration { finding, axis: "delay, inline to threads, by task", lines })
}
