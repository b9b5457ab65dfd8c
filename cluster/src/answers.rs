//! Who answers: one port, several processes, and how evenly each schedule spreads connections over them.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use anyhow::ensure;

use crate::client;
use crate::handle::Cluster;
use crate::schedule::Schedule;

const WORKERS: usize = 4;
const REQUESTS: u64 = 200;
/// Connections drawn by lot exceed this χ² in one run out of twenty (three degrees of freedom).
const LOT: f64 = 7.81;

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

/// Pearson's χ² against equal shares: 0 when all are equal, and about their number less one when drawn by lot.
pub fn chi_square(shares: &[u64]) -> f64 {
    let even = shares.iter().sum::<u64>() as f64 / shares.len() as f64;
    shares.iter().map(|share| (*share as f64 - even).powi(2) / even).sum()
}

/// Shows all three schedules.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    writeln!(out, "  {REQUESTS} connections, one after another, to {WORKERS} workers:")?;
    writeln!(out, "  schedule     answered by each worker      chi-square")?;
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
            let even = REQUESTS / WORKERS as u64;
            ensure!(shares == [even; WORKERS], "round-robin gave the uneven shares {shares:?}");
        }
        let chi_square = chi_square(&shares);
        let shares: String = shares.iter().map(|share| format!("{share:>6}")).collect();
        writeln!(out, "  {schedule:<12}{shares} {chi_square:>14.1}")?;
    }
    writeln!(out, "  Every answer was the pid of a living worker. round-robin")?;
    writeln!(out, "  deals in turn: the shares are even. Drawn by lot, 1 in 20")?;
    writeln!(out, "  runs has a chi-square above {LOT:.1}; reuseport draws by a")?;
    writeln!(out, "  hash; shared gives to whoever is first.")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chi_square_is_as_in_the_books() {
        assert_eq!(chi_square(&[5, 5, 5]), 0.0);
        // A die thrown 60 times: 5 8 9 8 10 20. The squares 25 4 1 4 0 100 over 10.
        assert!((chi_square(&[5, 8, 9, 8, 10, 20]) - 13.4).abs() < 1e-9);
    }
}
