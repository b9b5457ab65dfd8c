//! Who answers: one port, several processes, and how each schedule spreads connections over them.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use anyhow::ensure;

use crate::client;
use crate::handle::Cluster;
use crate::schedule::Schedule;

const WORKERS: usize = 4;
const REQUESTS: u64 = 60;

/// Asks for `/` on `requests` fresh connections, one after another: how often each pid answered.
///
/// # Errors
/// Those of [`client::get`]; `InvalidData` when an answer is no pid.
pub fn who_answers(address: SocketAddr, requests: u64) -> io::Result<BTreeMap<u32, u64>> {
    let mut counts = BTreeMap::new();
    for _ in 0..requests {
        *counts.entry(client::get(address, "/")?.pid()?).or_default() += 1;
    }
    Ok(counts)
}

/// Shows all three schedules.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    for schedule in Schedule::ALL {
        let cluster = Cluster::start(program, WORKERS, schedule)?;
        let counts = who_answers(cluster.address(), REQUESTS)?;
        let workers = cluster.workers()?;
        ensure!(workers.len() == WORKERS, "the primary has the children {workers:?}, not {WORKERS}");
        for pid in counts.keys() {
            ensure!(workers.contains(pid), "{schedule}: the answer {pid} is no child of the primary: {workers:?}");
        }
        let shares: Vec<u64> = workers.iter().map(|pid| counts.get(pid).copied().unwrap_or(0)).collect();
        if schedule == Schedule::RoundRobin {
            let pids = workers.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
            writeln!(out, "  {} is answered by {} processes:", cluster.address(), counts.len())?;
            writeln!(out, "  {pids}\n")?;
            writeln!(out, "  {REQUESTS} connections, one after another, to {WORKERS} workers:")?;
            let even = REQUESTS / WORKERS as u64;
            ensure!(shares == [even; WORKERS], "round-robin gave the uneven shares {shares:?}");
        }
        let shares: String = shares.iter().map(|share| format!("{share:>5}")).collect();
        writeln!(out, "  {schedule:<12}{shares}")?;
    }
    writeln!(out, "  round-robin deals in turn: the shares are even. The other")?;
    writeln!(out, "  two promise no evenness: those counts are as they fell.")?;
    writeln!(out, "  Every answer was the pid of a living worker.")?;
    Ok(())
}
