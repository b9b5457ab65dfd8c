//! Workers share a port, and no variables: a counter in each gives as many answers as there are workers.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, ensure};

use crate::client;
use crate::handle::Cluster;
use crate::schedule::Schedule;

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
        let count = response.body.split_once(' ').and_then(|(_, count)| count.parse().ok());
        let count = count.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no count in the reply"))?;
        counts.insert(response.pid()?, count);
    }
    Ok(counts)
}

/// Shows the counts of three workers.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    let cluster = Cluster::start(program, WORKERS, Schedule::RoundRobin)?;
    let counts = count(cluster.address(), REQUESTS)?;
    writeln!(out, "  {REQUESTS} requests to /count, which adds 1 and says the count:")?;
    for (pid, count) in &counts {
        writeln!(out, "  worker {pid} counted to {count}")?;
    }
    let sum: u64 = counts.values().sum();
    let most = counts.values().max().context("nobody counted")?;
    ensure!(counts.len() == WORKERS, "{} workers counted, not {WORKERS}", counts.len());
    ensure!(sum == REQUESTS, "the counts {counts:?} add up to {sum}, not to {REQUESTS}");
    ensure!(*most < REQUESTS, "a worker saw the requests of all: {counts:?}");
    writeln!(out, "  One program, one port, {WORKERS} counters. None saw all {REQUESTS};")?;
    writeln!(out, "  only their sum is right. State to share goes elsewhere.")?;
    Ok(())
}
