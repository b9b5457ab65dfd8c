//! Workers share a port, but no variables: a counter in each gives as many answers as there are workers.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use anyhow::Context;

use crate::cli::claim;
use crate::client::cluster::Cluster;
use crate::client::get;
use crate::schedule::Schedule;
use crate::support::own_program::OWN_PROGRAM;

const WORKERS: usize = 3;
const REQUESTS: u64 = 9;

/// Shows the last count that each of three workers returned.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We ask for /count {REQUESTS} times. It adds 1 to a variable and returns it.")?;
    writeln!(out, "  Expected: each of the {WORKERS} workers counts only its own requests.")?;
    let cluster = Cluster::start(Path::new(OWN_PROGRAM), WORKERS, Schedule::RoundRobin)?;
    let mut counts = BTreeMap::new();
    for _ in 0..REQUESTS {
        let body = get(cluster.address(), "/count")?.body;
        let (pid, count) = body.trim_end().split_once(' ').context("the answer is not a pid and a count")?;
        counts.insert(pid.to_owned(), count.parse::<u64>()?);
    }
    for (pid, count) in &counts {
        writeln!(out, "    worker {pid} counted to {count}")?;
    }
    let sum: u64 = counts.values().sum();
    claim(counts.len() == WORKERS, format_args!("{} workers counted, not {WORKERS}", counts.len()))?;
    claim(sum == REQUESTS, format_args!("the counts {counts:?} add up to {sum}, not to {REQUESTS}"))?;
    writeln!(out, "  \"Each process has its own memory space\": the counters add up to {sum}, but no")?;
    writeln!(out, "  worker knows that. State that all workers need belongs in a database.")?;
    Ok(())
}
