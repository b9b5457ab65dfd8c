//! What decides no verdict but explains one: ratios by the size of a message and of a parent.

use super::assess::{Condition, find, noise_floor};
use super::trials::communication::{ADVANCED, PIPE, POSTED, SENT, SIZES, USUAL};
use super::trials::creation::{FORK, PROGRAM, THREAD};
use super::words::{span, times};
use super::{communication, overhead};
use crate::measure::samples::{Experiment, Ratio};

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

/// A message to a process and back, against the same to a thread.
fn by_message(report: &[Experiment]) -> Option<Illustration> {
    let mut lines = Vec::new();
    for (place, (id, setting)) in communication::SETTINGS.into_iter().enumerate() {
        // The settings are each size on one CPU, then on two; an experiment of Node.js has all sizes of one placement.
        let size = SIZES[place / 2].0;
        let node = communication::NODE[place % 2].0;
        let [posted, sent, advanced] = [POSTED, SENT, ADVANCED].map(|way| format!("{way}, {size}"));
        let rust = [("pipe", PIPE[0], PIPE[1]), ("ipc-channel", USUAL[0], USUAL[1])];
        let in_node = [("send", sent.as_str(), posted.as_str()), ("advanced", &advanced, &posted)];
        let sides: Vec<Series> =
            [series(report, id, &rust), series(report, node, &in_node)].into_iter().flatten().collect();
        if !sides.is_empty() {
            lines.push(Line { name: setting.to_owned(), floor: floor(report, [id, node]), sides });
        }
    }
    if ratios_at(&lines, false, 0).is_empty() {
        return None;
    }
    let [same, usual] = [0, 1].map(|place| span(ratios_at(&lines, false, place)));
    let mut finding =
        format!("Over the same pipe a process takes {same} as long as a thread; over the usual way of each, {usual}");
    let node = [0, 1].map(|place| ratios_at(&lines, true, place)).concat();
    if !node.is_empty() {
        finding += &format!("; in Node.js {}", span(node));
    }
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
    Some(Illustration { finding, axis: "times a thread's, by the parent's memory", lines })
}
