//! The row "Running another Node.js script".

use super::assess::{Condition, find, seen};
use super::trials::scenarios::{self as arms, RAN, WENT_ON};
use super::words::of;
use super::{Claim, Finding, Missing, Side, spec};
use crate::measure::samples::Experiment;

const RUN: &str = "scenario.another_program";
const NODE: &str = "node.another_script";

pub(super) const CLAIM: Claim = Claim {
    key: "Running another Node.js script",
    document: &["`child_process` or `fork()`"],
    rule: "Two conditions: as a process another program ran and its starter went on, in nine of ten trials or more; in a \
        thread in none.",
    rust: Side { evidence: &[RUN], judge: in_rust },
    node: Side { evidence: &[NODE], judge: in_node },
    experiments: &[
        spec(RUN, "run another program, as a process and from a thread", [0.1, 0.2], arms::another_program),
        spec(NODE, "run another script, by fork() and in a Worker", [0.2, 0.3], arms::another_script_in_node),
    ],
};

fn in_rust(report: &[Experiment]) -> Result<Finding, Missing> {
    let (process, thread) = both(find(report, RUN)?, arms::PROCESS, arms::THREAD)?;
    let cell = format!("ran, starter went on: {}; a thread: {}", of(process), thread.0);
    Ok(judge(process, thread, cell))
}

fn in_node(report: &[Experiment]) -> Result<Finding, Missing> {
    let (process, thread) = both(find(report, NODE)?, arms::NODE_FORK, arms::NODE_WORKER)?;
    let can = if thread.0 > 0 { "a Worker can run a script, too" } else { "a Worker cannot" };
    let cell = format!("fork: {}; {can}", of(process));
    Ok(judge(process, thread, cell))
}

/// Yes, of so many.
type Trials = (usize, usize);

/// In how many trials the program ran and its starter went on.
fn both(done: &Experiment, process: &str, thread: &str) -> Result<(Trials, Trials), Missing> {
    let both = |unit: &str| {
        let (ran, all) = seen(done, &format!("{unit}: {RAN}"))?;
        let (went_on, _) = seen(done, &format!("{unit}: {WENT_ON}"))?;
        Ok((ran.min(went_on), all))
    };
    Ok((both(process)?, both(thread)?))
}

fn judge(process: Trials, thread: Trials, cell: String) -> Finding {
    let [by_process, by_thread] = [process, thread].map(of);
    let conditions = vec![
        Condition::trials(process.0, process.1, format!("as a process it ran, its starter went on: {by_process}")),
        Condition::fact(thread.0 == 0, format!("in a thread it ran, its starter went on: {by_thread}")),
    ];
    let answer = format!("A program ran, its starter went on: as a process {by_process}, in a thread {by_thread}.");
    Finding::of(conditions, vec![cell], answer)
}
