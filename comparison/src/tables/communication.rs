//! The row "Communication": over the same mechanism, and over the usual one of each side.

use itertools::Itertools;

use super::{Claim, Judged, brief, family, part, time, times, told};
use crate::report::{Experiment, Ratio, Verdict};
use crate::stats::pooled;
use crate::verdict::{Compared, Missing, Noise, compare, find, of_parts};

pub(super) const ROW: Claim = Claim {
    key: "Communication",
    document: &["Slower (via IPC)", "Faster (shared context)"],
    rule: "Ratios of process to thread: over each mechanism that is the same on both sides, and over what is usual on \
        each (ipc-channel, channel); each the geometric mean over the sizes and placements that were done. Supported \
        when the process takes clearly more in all of them; contradicted when in none, and none is unclear; depends \
        when in some and in others not; else unresolved.",
    decided_by: &[ROUND_TRIP],
    beside: &[],
    judge,
};

const ROUND_TRIP: &str = "communication.round_trip";
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
    let (done, missing): (Vec<_>, Vec<_>) = family(ROUND_TRIP).map(|id| find(report, id)).partition_result();
    let gap =
        missing.first().map(|Missing(first)| format!(" Missing are {} settings, among them: {first}.", missing.len()));
    let typical = |of| pooled(&ratios(&done, of));
    let (Some(pipe), Some(usual)) = (typical(PIPE), typical(USUAL)) else {
        let needed = "it takes a ratio over the same pipe and one of the usual ways";
        return Err(Missing(format!("{needed}.{}", gap.unwrap_or_default())));
    };
    let same: Vec<Ratio> = SAME.into_iter().filter_map(typical).collect();
    let noise = noise(&done);
    let is = |ratio, what| compare(ratio, noise) == what;
    let only_usual = is(&usual, Compared::More) && same.iter().all(|ratio| is(ratio, Compared::Same));
    let verdict = of_parts(&same.iter().chain([&usual]).map(|ratio| compare(ratio, noise)).collect_vec());
    let mechanism = |ratio: &Ratio| format!("{} {}", ratio.of[1].trim_start_matches("thread: "), times(ratio));
    let mechanisms = same.iter().map(mechanism).join("; ");
    let (usually, gap) = (times(&usual), gap.unwrap_or_default());
    let ratios = format!("Process to thread: {mechanisms}; usual ways {usually}.{gap}");
    Ok(Judged {
        verdict,
        answer: answer(verdict, only_usual, &brief(pipe.median), &brief(usual.median)),
        measured: vec![cell(&done, [PIPE[0], USUAL[0]]), cell(&done, [PIPE[1], USUAL[1]])],
        node: Ok(NODE.map(|arms| cell(&done, arms)).into_iter().filter(|cell| !cell.is_empty()).collect()),
        why: [ratios, told(report, "", &[PLACEMENT])].join(" ").trim_end().to_owned(), // a reason may hold braces
    })
}

const PLACEMENT: &str = "64 B there and back through a pipe to a thread take \
    {communication.round_trip.64B.same_cpu | thread: pipe} on one CPU, \
    {communication.round_trip.64B.two_cpus | thread: pipe} on two.";

/// `only_usual`: no mechanism that is the same on both sides takes more, and the usual way does.
fn answer(verdict: Verdict, only_usual: bool, pipe: &str, usual: &str) -> String {
    let figures = format!("the same pipe takes {pipe} as long as to a thread, the usual way {usual}");
    match verdict {
        Verdict::Depends if only_usual => format!(
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

/// The noise of all: their controls as one, and the busiest neighbours.
fn noise(done: &[&Experiment]) -> Noise {
    let controls = pooled(&ratios(done, ["control: thread: pipe, again", "thread: pipe"]));
    let others = done.iter().map(|experiment| experiment.others.cpus).fold(0.0, f64::max);
    Noise { floor: controls.map_or(1.0, |control| control.high.max(1.0 / control.low)), others }
}

/// What the arms take for the smallest and for the largest message, where both ends were placed alike.
fn cell(done: &[&Experiment], arms: [&str; 2]) -> String {
    let placement = done[0].id.rsplit('.').next().unwrap_or_default();
    let alike: Vec<_> = done.iter().filter(|one| one.id.ends_with(placement)).collect();
    let mut ends = vec![alike[0], alike[alike.len() - 1]];
    ends.dedup();
    let words = ends.into_iter().filter_map(|experiment| {
        let arms = arms.iter().filter_map(|name| experiment.arm(name));
        let arms = arms.map(|arm| format!("{} {}", way(&arm.name), time(arm.median))).join(", ");
        let setting = experiment.id.split('.').skip(2).map(part).join(", ");
        (!arms.is_empty()).then(|| format!("{setting}: {arms}"))
    });
    words.into_iter().join("; ")
}

/// An arm's name without its boundary.
fn way(arm: &str) -> String {
    arm.split(": ").skip(1).collect::<String>().replace(',', "")
}
