//! The row "Communication": over the same mechanism, and over the usual one of each side.

use crate::report::{Experiment, Verdict};
use crate::tables::{Claim, Judged, time, times};
use crate::verdict::{Compared, Missing, arm, compare, find, noise, ratio};

const EVIDENCE: &[&str] = &[
    "communication.round_trip.64B.same_cpu",
    "communication.round_trip.64B.two_cpus",
    "communication.transfer.1MiB.same_cpu",
    "communication.transfer.1MiB.two_cpus",
];

pub(super) const ROW: Claim = Claim {
    key: "Communication",
    document: &["Slower (via IPC)", "Faster (shared context)"],
    rule: "Two ratios of process to thread in each experiment that was done: over the same pipe, and over what \
        is usual on each side (ipc-channel, channel). Supported when the process takes clearly more in all of \
        them; contradicted when in none, and none is unclear; depends when in some and in others not; else \
        unresolved.",
    evidence: EVIDENCE,
    judge,
};

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let (mut done, mut missing) = (Vec::new(), Vec::new());
    for id in EVIDENCE {
        match find(report, id) {
            Ok(experiment) => done.push(experiment),
            Err(Missing(why)) => missing.push(why),
        }
    }
    if done.is_empty() {
        return Err(Missing(missing.join("; ")));
    }
    let (mut pipes, mut usual) = (Vec::new(), Vec::new());
    let (mut process, mut thread, mut why) = (Vec::new(), Vec::new(), Vec::new());
    for experiment in done {
        let noise = noise(experiment);
        let same = ratio(experiment, ["process: pipe", "thread: pipe"])?;
        let own = ratio(experiment, ["process: ipc-channel", "thread: channel"])?;
        pipes.push(compare(same, noise));
        usual.push(compare(own, noise));
        let what = setting(&experiment.id);
        let median = |name| arm(experiment, name).map(|arm| time(arm.median));
        process.push(format!(
            "{what}: pipe {}, ipc-channel {}",
            median("process: pipe")?,
            median("process: ipc-channel")?
        ));
        thread.push(format!("{what}: pipe {}, channel {}", median("thread: pipe")?, median("thread: channel")?));
        why.push(format!("{what}: same pipe {}, usual way {}", times(same), times(own)));
    }
    let all: Vec<Compared> = pipes.iter().chain(&usual).copied().collect();
    let count = |of| all.iter().filter(|&&compared| compared == of).count();
    let (more, unclear) = (count(Compared::More), count(Compared::Unclear));
    let verdict = match (more, all.len() - more - unclear) {
        (more, _) if more == all.len() => Verdict::Supported,
        (0, not_more) if not_more == all.len() => Verdict::Contradicted,
        (1.., 1..) => Verdict::Depends,
        _ => Verdict::Unresolved,
    };
    let not_slower = |compared: &Compared| matches!(compared, Compared::Same | Compared::Less);
    let answer = if verdict == Verdict::Depends && pipes.iter().all(not_slower) {
        "It is the mechanism that costs, not the boundary: over the same pipe processes took no longer.".to_owned()
    } else {
        format!("Processes took clearly longer in {more} of {} comparisons; {unclear} are unclear.", all.len())
    };
    why.extend(missing);
    Ok(Judged {
        answer: String::new(),
        node: Vec::new(),
        measured: vec![process.join("; "), thread.join("; ")],
        verdict,
        why: format!("{answer} Process to thread, {}.", why.join("; ")),
    })
}

/// The last two parts of an experiment's id in words.
fn setting(id: &str) -> String {
    let mut parts = id.rsplit('.');
    let placement = if parts.next() == Some("same_cpu") { "one CPU" } else { "two CPUs" };
    let size = parts.next().unwrap_or_default();
    let unit = size.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{} {unit}, {placement}", size.trim_end_matches(unit))
}
