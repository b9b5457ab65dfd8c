//! The row "CPU-intensive operations": tasks of 10 ms decide, the other sizes tell from where on.

use super::contest;
use crate::report::Experiment;
use crate::tables::break_even::{From, break_even};
use crate::tables::{Claim, Judged};
use crate::verdict::Missing;

pub(super) const ROW: Claim = Claim {
    key: "CPU-intensive operations",
    document: &["`worker_threads`"],
    rule: contest::RULE,
    evidence: &[
        "loop_delay.10ms",
        "loop_delay.10us",
        "loop_delay.100us",
        "loop_delay.1ms",
        "loop_delay.100ms",
        "loop_delay.1s",
    ],
    judge,
};

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let mut judged = contest::judge(report, "loop_delay.10ms", "thread")?;
    judged.why += " Two tasks of 10 ms.";
    let from = |what| {
        let of = |name| Some(format!("{} {name}", break_even(report, name, what)?));
        let all: Vec<String> = ["thread", "pool", "process"].into_iter().filter_map(of).collect();
        (!all.is_empty()).then(|| all.join(", "))
    };
    if let (Some(sooner), Some(freer)) = (from("total"), from("loop delay")) {
        judged.why += &format!(" Handing a task over is sooner done: {sooner}; it keeps the loop freer: {freer}.");
    }
    if let Some(From::Size(ns)) = break_even(report, "thread", "total") {
        judged.why += &format!(" Tasks shorter than {} are best done inline.", crate::tables::time(ns));
    }
    Ok(judged)
}
