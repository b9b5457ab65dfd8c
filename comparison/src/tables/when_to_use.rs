//! "When to Use What?": the winner of each scenario, found from the data; here is the one of another program.

use super::{Claim, Claims, Judged, cells, contest, count, crash, share, told};
use crate::report::{Experiment, Verdict};
use crate::verdict::{Missing, arm, find};

pub(super) const CLAIMS: Claims = Claims {
    id: "when-to-use",
    title: "When to Use What?",
    key_column: "Scenario",
    columns: &["Use"],
    rows: &[contest::CPU_INTENSIVE, ANOTHER_PROGRAM, contest::FILE_IO, crash::SAFETY],
};

const ANOTHER_PROGRAM: Claim = Claim {
    key: "Running another Node.js script",
    document: &["`child_process` or `fork()`"],
    rule: "A candidate wins when in every trial the other program ran and its starter went on. Supported when only the \
        process wins; contradicted when it does not; depends when the thread wins, too.",
    decided_by: &["scenario.another_program"],
    beside: &["shared.what", "node.modules"],
    judge: another_program,
};

fn another_program(report: &[Experiment]) -> Result<Judged, Missing> {
    let scenario = find(report, "scenario.another_program")?;
    let both = |unit: &str| {
        let [ran, went_on] = ["program ran", "starter went on"].map(|what| arm(scenario, &format!("{unit}: {what}")));
        let trials = ran?.samples.iter().zip(&went_on?.samples);
        Ok((trials.clone().filter(|(ran, went_on)| **ran > 0.0 && **went_on > 0.0).count(), trials.len()))
    };
    let ((process, trials), (thread, _)) = (both("process")?, both("thread")?);
    let node = "fork: another script in a process of its own in {process: fork, own pid}";
    let (verdict, winner) = process_or_thread(process == trials, thread == trials);
    let [shares, of_thread, of_process] = [
        format!("As a process in {}, in a thread in {} trials.", share((process, trials)), share((thread, trials))),
        shared(report, "thread").unwrap_or_default(),
        shared(report, "process").unwrap_or_default(),
    ];
    Ok(Judged {
        verdict,
        answer: format!(
            "The other program ran and its starter went on in {process} of {trials} trials as a process, in {thread} \
             of {trials} by exec in a thread."
        ),
        measured: vec![format!(
            "{winner}: the program ran and its starter went on in {process} of {trials} as a process, in {thread} of \
             {trials} by exec in a thread"
        )],
        node: cells(report, "node.modules", &[node]),
        why: told(report, "", &[&shares, &of_thread, &of_process]),
    })
}

/// What a unit shares with its starter: no program wants to be run in another's directory.
fn shared(report: &[Experiment], unit: &str) -> Result<String, Missing> {
    let arms = find(report, "shared.what")?.arms.iter().filter(|arm| count(arm).0 == count(arm).1);
    let things: Vec<&str> = arms.filter_map(|arm| arm.name.strip_prefix(unit)?.strip_prefix(": ")).collect();
    let things = if things.is_empty() { "nothing".to_owned() } else { things.join(", ") };
    Ok(format!("A {unit} shares with its starter: {things}."))
}

/// The verdict where the document's choice is a process and the other candidate a thread, and who does it.
pub(super) fn process_or_thread(process: bool, thread: bool) -> (Verdict, &'static str) {
    match (process, thread) {
        (true, false) => (Verdict::Supported, "process"),
        (true, true) => (Verdict::Depends, "process or thread"),
        (false, true) => (Verdict::Contradicted, "thread"),
        (false, false) => (Verdict::Contradicted, "neither"),
    }
}
