//! The row "libuv Thread Pool": how many threads, and for what.

use super::{always, count, of_parts, trials};
use crate::report::Experiment;
use crate::tables::{Claim, Judged};
use crate::verdict::{Missing, arm, find};

pub(super) const ROW: Claim = Claim {
    key: "libuv Thread Pool",
    document: &["Multi-threaded, handles file system, DNS, crypto"],
    rule: "Supported when more than one of its threads ran jobs at once, all three kinds of work were done on its \
        threads, and network callbacks had no thread beside the loop's, in every trial; contradicted when none of the \
        three holds; else it depends.",
    evidence: &["architecture.pool", "architecture.pool_steps", "architecture.callbacks", "node.architecture"],
    judge,
};

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let (pool, callbacks) = (find(report, "architecture.pool")?, find(report, "architecture.callbacks")?);
    let at_once = "threads that ran jobs at once";
    let work = "kinds of work (file, DNS, crypto) done on pool threads";
    let network = "threads of the process during network callbacks";
    let many = arm(pool, at_once)?.samples.iter().all(|&threads| threads > 1.0);
    let parts = [many, always(pool, work, 3.0)?, always(callbacks, network, 1.0)?];
    let (threads, kinds, beside) = (count(pool, at_once)?, count(pool, work)?, count(callbacks, network)? - 1.0);
    let steps = find(report, "architecture.pool_steps");
    let steps = steps.and_then(|steps| Ok((arm(steps, "start")?.samples.len(), count(steps, "steps")?)));
    let steps = steps.map(|(jobs, steps)| format!(" {jobs} sleeping jobs were done in {steps} steps."));
    Ok(Judged {
        answer: format!(
            "{threads} threads ran jobs at once, {kinds} of 3 kinds of work (file, DNS, crypto) were done on them, and \
             the network needed {} of them.",
            if beside == 0.0 { "none".to_owned() } else { beside.to_string() }
        ),
        node: node(report).into_iter().collect(),
        measured: vec![format!("{threads} threads ran jobs at once; {kinds} of 3 kinds of work done on them")],
        verdict: of_parts(parts),
        why: format!(
            "In {} trials: {} threads before the first job, {} after it. During network callbacks the process had {} \
             beside the loop's.{}",
            trials(pool),
            count(pool, "threads added by a pool without a job")?,
            count(pool, "threads added by its first job")?,
            beside,
            steps.unwrap_or_default()
        ),
    })
}

fn node(report: &[Experiment]) -> Result<String, Missing> {
    let node = find(report, "node.architecture")?;
    let held =
        find(report, "architecture.pool_steps").and_then(|steps| count(steps, "node: jobs that hold up the next"));
    let held = held.map(|jobs| format!("; {jobs} jobs that wait hold up the next")).unwrap_or_default();
    let (network, file) = ("threads added by network callbacks", "threads added by the first file");
    Ok(format!(
        "{} threads more with the first file, {} with the network{held}",
        count(node, file)?,
        count(node, network)?
    ))
}
