//! The row "Communication": over the same mechanism, and over the usual one of each side.

use crate::report::{Experiment, Ratio, Verdict};
use crate::stats::pooled;
use crate::tables::{Claim, Judged, brief, time, times};
use crate::verdict::{Compared, Missing, Noise, compare, find};

const EVIDENCE: &[&str] = &[
    "communication.round_trip.64B.same_cpu",
    "communication.round_trip.64B.two_cpus",
    "communication.round_trip.4KiB.same_cpu",
    "communication.round_trip.4KiB.two_cpus",
    "communication.round_trip.64KiB.same_cpu",
    "communication.round_trip.64KiB.two_cpus",
    "communication.round_trip.1MiB.same_cpu",
    "communication.round_trip.1MiB.two_cpus",
    "communication.round_trip.4MiB.same_cpu",
    "communication.round_trip.4MiB.two_cpus",
];

pub(super) const ROW: Claim = Claim {
    key: "Communication",
    document: &["Slower (via IPC)", "Faster (shared context)"],
    rule: "Ratios of process to thread: over each mechanism that is the same on both sides, and over what is usual on \
        each (ipc-channel, channel); each the geometric mean over the sizes and placements that were done. Supported \
        when the process takes clearly more in all of them; contradicted when in none, and none is unclear; depends \
        when in some and in others not; else unresolved.",
    evidence: EVIDENCE,
    judge,
};

const PIPE: [&str; 2] = ["process: pipe", "thread: pipe"];
const USUAL: [&str; 2] = ["process: ipc-channel", "thread: channel"];
const NODE: [[&str; 2]; 2] = [
    ["node process: send", "node process: send, advanced"],
    ["node thread: postMessage", "node thread: SharedArrayBuffer"],
];
const SAME: [[&str; 2]; 5] = [
    PIPE,
    ["process: socketpair", "thread: socketpair"],
    ["process: shared memory", "thread: shared memory"],
    ["process: futex", "thread: futex"],
    ["process: spinning word", "thread: spinning word"],
];

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let (mut done, mut missing) = (Vec::new(), Vec::new());
    for id in EVIDENCE {
        match find(report, id) {
            Ok(experiment) => done.push(experiment),
            Err(Missing(why)) => missing.push(why),
        }
    }
    let typical = |of| pooled(&ratios(&done, of));
    let (Some(pipe), Some(usual)) = (typical(PIPE), typical(USUAL)) else {
        missing.push("a ratio over the same pipe and one of the usual ways are needed".to_owned());
        return Err(Missing(missing.join("; ")));
    };
    let noise = noise(&done);
    let same: Vec<Ratio> = SAME.into_iter().filter_map(typical).collect();
    let all: Vec<Compared> = same.iter().chain([&usual]).map(|ratio| compare(ratio, noise)).collect();
    let count = |is: fn(&Compared) -> bool| all.iter().filter(|&compared| is(compared)).count();
    let verdict = match (count(|&is| is == Compared::More), count(|is| NOT_MORE.contains(is))) {
        (more, _) if more == all.len() => Verdict::Supported,
        (_, not_more) if not_more == all.len() => Verdict::Contradicted,
        (1.., 1..) => Verdict::Depends,
        _ => Verdict::Unresolved,
    };
    let mut why: Vec<String> = same.iter().map(|ratio| format!("{} {}", mechanism(ratio), times(ratio))).collect();
    why.push(format!("usual ways {}", times(&usual)));
    why.push(format!("one by one the same pipe {}, the usual ways {}", extremes(&done, PIPE), extremes(&done, USUAL)));
    if let Some(first) = missing.first() {
        why.push(format!("missing are {} of {} settings: {first}", missing.len(), EVIDENCE.len()));
    }
    Ok(Judged {
        answer: answer(verdict, compare(&pipe, noise), &brief(pipe.median), &brief(usual.median)),
        measured: vec![cell(&done, &[PIPE[0], USUAL[0]]), cell(&done, &[PIPE[1], USUAL[1]])],
        node: NODE.iter().map(|arms| cell(&done, arms)).filter(|cell| !cell.is_empty()).collect(),
        verdict,
        why: format!("Process to thread: {}.{}", why.join("; "), placement(&done)),
    })
}

const NOT_MORE: [Compared; 2] = [Compared::Same, Compared::Less];

fn answer(verdict: Verdict, over_pipe: Compared, pipe: &str, usual: &str) -> String {
    let figures = format!("the same pipe takes {pipe} as long as to a thread, the usual way {usual}");
    match verdict {
        Verdict::Depends if over_pipe == Compared::Same => format!(
            "Over the same pipe there is no difference between threads and processes ({pipe}): it is the mechanism \
             that costs, not the boundary; the usual way to a process takes {usual} as long."
        ),
        Verdict::Depends => format!("It depends on the mechanism: to a process {figures}."),
        Verdict::Supported => format!("Every way to a process is slower: {figures}."),
        Verdict::Contradicted => format!("No way to a process is slower: {figures}."),
        Verdict::Unresolved => format!("Too close to tell: to a process {figures}."),
    }
}

fn ratios<'a>(done: &[&'a Experiment], of: [&str; 2]) -> Vec<&'a Ratio> {
    done.iter().filter_map(|experiment| experiment.ratio(of)).collect()
}

/// The noise of all: their controls as one, and how busy others were on average.
fn noise(done: &[&Experiment]) -> Noise {
    let controls = pooled(&ratios(done, ["control: thread: pipe, again", "thread: pipe"]));
    let others = done.iter().map(|experiment| experiment.others.cpus).sum::<f64>() / done.len() as f64;
    Noise { floor: controls.map_or(1.0, |control| control.high.max(1.0 / control.low)), others }
}

fn mechanism(ratio: &Ratio) -> &str {
    ratio.of[1].trim_start_matches("thread: ")
}

/// Where a ratio is least, and where most.
fn extremes(done: &[&Experiment], of: [&str; 2]) -> String {
    let all = done.iter().filter_map(|experiment| Some((experiment.ratio(of)?.median, setting(&experiment.id))));
    let mut all: Vec<(f64, String)> = all.collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let words = |end: Option<&(f64, String)>| end.map_or(String::new(), |(x, at)| format!("{} ({at})", brief(*x)));
    format!("from {} to {}", words(all.first()), words(all.last()))
}

/// What the arms take for the smallest and for the largest message, where both ends were placed alike.
fn cell(done: &[&Experiment], arms: &[&str]) -> String {
    let alike = |experiment: &&&Experiment| experiment.id.rsplit('.').next() == done[0].id.rsplit('.').next();
    let mut ends = vec![done[0]];
    ends.extend(done.iter().rfind(alike).filter(|last| last.id != done[0].id));
    let words = ends.into_iter().filter_map(|experiment| {
        let arms = arms.iter().filter_map(|name| experiment.arm(name));
        let arms: Vec<String> = arms.map(|arm| format!("{} {}", way(&arm.name), time(arm.median))).collect();
        (!arms.is_empty()).then(|| format!("{}: {}", setting(&experiment.id), arms.join(", ")))
    });
    words.collect::<Vec<_>>().join("; ")
}

/// An arm's name without its boundary.
fn way(arm: &str) -> String {
    arm.split_once(": ").map_or(arm, |(_, way)| way).replace(',', "")
}

/// What the second CPU does to the same pipe.
fn placement(done: &[&Experiment]) -> String {
    let smallest = |placement: &str| {
        let experiment = done.iter().find(|experiment| experiment.id.ends_with(placement))?;
        Some((experiment.arm(PIPE[1])?.median, setting(&experiment.id)))
    };
    match (smallest(".64B.same_cpu"), smallest(".64B.two_cpus")) {
        (Some((one, at_one)), Some((two, at_two))) => {
            format!(" Placement: a pipe to a thread takes {} ({at_one}) or {} ({at_two}).", time(one), time(two))
        }
        _ => String::new(),
    }
}

/// The last two parts of an experiment's id in words.
fn setting(id: &str) -> String {
    let mut parts = id.rsplit('.');
    let placement = if parts.next() == Some("same_cpu") { "one CPU" } else { "two CPUs" };
    let size = parts.next().unwrap_or_default();
    let unit = size.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{} {unit}, {placement}", size.trim_end_matches(unit))
}
