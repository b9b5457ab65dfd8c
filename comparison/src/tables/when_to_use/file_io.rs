//! The row "Parallel file I/O or background tasks": two claims, a loop that stays free and a higher throughput.

use super::contest;
use crate::report::Experiment;
use crate::tables::{Claim, Judged, times};
use crate::verdict::{Missing, find};

pub(super) const ROW: Claim = Claim {
    key: "Parallel file I/O or background tasks",
    document: &["Thread pool (auto)"],
    rule: contest::RULE,
    evidence: &["scenario.file_io", "files.read.warm", "files.read.cold"],
    judge,
};

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let mut judged = contest::judge(report, "scenario.file_io", "pool")?;
    judged.why += " The files are in the page cache.";
    for (id, from) in [("files.read.warm", "the page cache"), ("files.read.cold", "the disk")] {
        match find(report, id) {
            Ok(read) => {
                let pools = read.ratios.iter().filter(|ratio| ratio.of[0] == "serial");
                let Some(best) = pools.max_by(|a, b| a.median.total_cmp(&b.median)) else { continue };
                let pool = best.of[1].trim_start_matches("thread: ");
                judged.why += &format!(
                    " Without a loop, from {from}: one after another takes {} the time of a {pool}.",
                    times(best)
                );
            }
            Err(Missing(why)) => judged.why += &format!(" {why}."),
        }
    }
    Ok(judged)
}
