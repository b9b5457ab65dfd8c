//! Who answers: one port, several processes; how evenly each schedule spreads connections, and whom one wakes.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use anyhow::ensure;

use crate::client;
use crate::handle::Cluster;

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
fn chi_square(shares: &[u64]) -> f64 {
    let even = shares.iter().sum::<u64>() as f64 / shares.len() as f64;
    shares.iter().map(|share| (*share as f64 - even).powi(2) / even).sum()
}

/// How often these processes went to sleep so far, in all: each time, something had woken them
/// (`voluntary_ctxt_switches`, proc(5)).
fn sleeps(pids: &[u32]) -> io::Result<u64> {
    let mut sum = 0;
    for pid in pids {
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")?.trim().parse().ok());
        sum += count.unwrap_or(0u64);
    }
    Ok(sum)
}

/// Shows all three schedules, and the shared one with `EPOLLEXCLUSIVE` as well.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    writeln!(out, "  {REQUESTS} connections, one after another, to {WORKERS} workers; the")?;
    writeln!(out, "  times that one woke a worker, on average:")?;
    writeln!(out, "  schedule            answered by each    chi-square  woken")?;
    let mut shared_wakes = Vec::new();
    for schedule in ["round-robin", "shared", "shared --exclusive", "reuseport"] {
        let options = format!("--workers={WORKERS} --schedule={schedule}");
        let cluster = Cluster::start_with(program, &options.split(' ').collect::<Vec<_>>())?;
        let workers = cluster.workers()?;
        let before = sleeps(&workers)?;
        let counts = who_answers(cluster.address(), REQUESTS)?;
        let woken = (sleeps(&workers)? - before) as f64 / REQUESTS as f64;
        ensure!(workers.len() == WORKERS, "the primary has the children {workers:?}, not {WORKERS}");
        for pid in counts.keys() {
            ensure!(workers.contains(pid), "{schedule}: the answer {pid} is no child of the primary: {workers:?}");
        }
        let shares: Vec<u64> = workers.iter().map(|pid| counts.get(pid).copied().unwrap_or(0)).collect();
        let even = schedule != "round-robin" || shares == [REQUESTS / WORKERS as u64; WORKERS];
        ensure!(even, "round-robin gave the uneven shares {shares:?}");
        let chi_square = chi_square(&shares);
        let shares: String = shares.iter().map(|share| format!("{share:>5}")).collect();
        writeln!(out, "  {schedule:<18}{shares} {chi_square:>12.1} {woken:>6.2}")?;
        shared_wakes.extend(schedule.starts_with("shared").then_some(woken));
    }
    ensure!(shared_wakes[0] > shared_wakes[1], "EPOLLEXCLUSIVE lowered no number of wake-ups: {shared_wakes:?}");
    writeln!(out, "  Every answer was the pid of a living worker. round-robin")?;
    writeln!(out, "  deals in turn: the shares are even. reuseport draws by a")?;
    writeln!(out, "  hash: drawn by lot, 1 run in 20 has more than {LOT:.1}. shared")?;
    writeln!(out, "  gives to whoever is first, and wakes all that wait;")?;
    writeln!(out, "  EPOLLEXCLUSIVE wakes fewer: the first stays first.")?;
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
