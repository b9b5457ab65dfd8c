//! Who answers: one port, several processes; how evenly each schedule spreads connections, and how many workers wake up.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::cli::claim;
use crate::client::answers::who_answers;
use crate::client::cluster::Cluster;
use crate::support::own_program::OWN_PROGRAM;

const WORKERS: usize = 4;
const REQUESTS: u64 = 200;

/// Pearson's χ² against equal shares: 0 when all are equal, about one less than their number when drawn at random.
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
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We open {REQUESTS} connections to {WORKERS} workers, one after another. Each answers")?;
    writeln!(out, "  with its pid. \"unevenness\" is chi-square: random gives about 3, above 7.8 is")?;
    writeln!(out, "  unlikely by chance. \"woken\": worker wake-ups per connection.")?;
    writeln!(out, "  Expected: equal shares only where the primary assigns in turn.")?;
    writeln!(out, "    schedule            answered by each    unevenness  woken")?;
    let mut shared_wakes = Vec::new();
    for schedule in ["round-robin", "shared", "shared --exclusive", "reuseport"] {
        let options = format!("--workers={WORKERS} --schedule={schedule}");
        let cluster = Cluster::start_with(Path::new(OWN_PROGRAM), &options.split(' ').collect::<Vec<_>>())?;
        let workers = cluster.workers()?;
        let before = sleeps(&workers)?;
        let counts = who_answers(cluster.address(), REQUESTS)?;
        let woken = (sleeps(&workers)? - before) as f64 / REQUESTS as f64;
        let all_known = counts.keys().all(|pid| workers.contains(pid));
        claim(all_known, format_args!("{schedule}: {counts:?} answered, the workers are {workers:?}"))?;
        let shares: Vec<u64> = workers.iter().map(|pid| counts.get(pid).copied().unwrap_or(0)).collect();
        let even = schedule != "round-robin" || shares == [REQUESTS / WORKERS as u64; WORKERS];
        claim(even, format_args!("round-robin gave the uneven shares {shares:?}"))?;
        let unevenness = chi_square(&shares);
        let shares: String = shares.iter().map(|share| format!("{share:>5}")).collect();
        writeln!(out, "    {schedule:<18}{shares} {unevenness:>12.1} {woken:>6.2}")?;
        shared_wakes.extend(schedule.starts_with("shared").then_some(woken));
    }
    let fewer = shared_wakes[0] > shared_wakes[1];
    claim(fewer, format_args!("EPOLLEXCLUSIVE lowered no number of wake-ups: {shared_wakes:?}"))?;
    writeln!(out, "  One port is served by {WORKERS} processes. A shared listener wakes several workers")?;
    writeln!(out, "  for one connection (a thundering herd); --exclusive wakes fewer of them.")?;
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
