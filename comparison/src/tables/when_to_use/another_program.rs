//! The row "Running another Node.js script": a thread cannot become another program beside its starter.

use super::{process_or_thread, winners};
use crate::report::Experiment;
use crate::tables::{Claim, Judged, count};
use crate::verdict::{Missing, arm, find};

pub(super) const ROW: Claim = Claim {
    key: "Running another Node.js script",
    document: &["`child_process` or `fork()`"],
    rule: "A candidate wins when in every trial the other program ran and its starter went on. Supported when only the \
        process wins; contradicted when it does not; depends when the thread wins, too.",
    evidence: &["scenario.another_program", "shared.what", "node.modules"],
    judge,
};

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let scenario = find(report, "scenario.another_program")?;
    let yes = |name: &str| arm(scenario, name).map(count);
    let ((process_ran, trials), (process_on, _)) = (yes("process: program ran")?, yes("process: starter went on")?);
    let ((thread_ran, _), (thread_on, _)) = (yes("thread: program ran")?, yes("thread: starter went on")?);
    let (process, thread) =
        (process_ran == trials && process_on == trials, thread_ran == trials && thread_on == trials);
    let both = process_ran.min(process_on);
    Ok(Judged {
        answer: format!(
            "The other program ran and its starter went on in {both} of {trials} trials as a process, in {} of {trials} by \
             exec in a thread.",
            thread_ran.min(thread_on)
        ),
        node: node(report).into_iter().collect(),
        measured: vec![format!(
            "{}: the program ran and its starter went on in {both} of {trials}",
            winners(process, thread)
        )],
        verdict: process_or_thread(process, thread),
        why: format!(
            "As a process: ran {process_ran}, starter went on {process_on} of {trials}. By exec in a thread: ran \
             {thread_ran}, starter went on {thread_on} of {trials}.{}",
            shared(report).unwrap_or_default()
        ),
    })
}

fn node(report: &[Experiment]) -> Result<String, Missing> {
    let (own, trials) = count(arm(find(report, "node.modules")?, "process: fork, own pid")?);
    Ok(format!("fork: another script in a process of its own in {own} of {trials}"))
}

/// What a thread, and what a child, shares with its starter: no program wants to be run in another's directory.
fn shared(report: &[Experiment]) -> Result<String, Missing> {
    let what = find(report, "shared.what")?;
    let of = |unit: &str| {
        let arms = what.arms.iter().filter_map(|arm| Some((arm.name.strip_prefix(unit)?, count(arm))));
        let shared: Vec<&str> = arms.filter(|(_, (yes, trials))| yes == trials).map(|(thing, _)| thing).collect();
        if shared.is_empty() { "nothing".to_owned() } else { shared.join(", ") }
    };
    Ok(format!(
        " What changes for the starter, too: of a thread's changes {}; of a child's {}.",
        of("thread: "),
        of("process: ")
    ))
}
