//! Workers share a port, but no variables: a counter in each gives as many answers as there are workers.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use crate::cli::claim;
use crate::client;
use crate::client::cluster::Cluster;
use crate::schedule::Schedule;
use crate::support::own_program::OWN_PROGRAM;

const WORKERS: usize = 3;
const REQUESTS: u64 = 9;

/// Asks for `/count` on `requests` fresh connections, one after another: the last count each worker gave, by pid.
///
/// # Errors
/// Those of [`client::get`]; `InvalidData` when an answer is not a pid and a count.
pub fn count(address: SocketAddr, requests: u64) -> io::Result<BTreeMap<u32, u64>> {
    let mut counts = BTreeMap::new();
    for _ in 0..requests {
        let response = client::get(address, "/count")?;
        let count = response.body.split_whitespace().nth(1).and_then(|count| count.parse().ok());
        counts.insert(response.pid()?, count.ok_or(io::ErrorKind::InvalidData)?);
    }
    Ok(counts)
}

/// Shows the counts of three workers.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We ask for /count {REQUESTS} times. It adds 1 to a variable and returns it.")?;
    writeln!(out, "  Expected: each of the {WORKERS} workers counts only its own requests.")?;
    let cluster = Cluster::start(Path::new(OWN_PROGRAM), WORKERS, Schedule::RoundRobin)?;
    let counts = count(cluster.address(), REQUESTS)?;
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
