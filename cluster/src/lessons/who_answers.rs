//! Who answers: one port, several processes; how evenly each schedule spreads connections.

use std::io::Write;
use std::path::Path;

use crate::cli::claim;
use crate::client::answers::who_answers;
use crate::client::cluster::Cluster;
use crate::schedule::Schedule;
use crate::support::own_program::OWN_PROGRAM;

const WORKERS: usize = 4;
const REQUESTS: u64 = 200;

/// Pearson's χ² against equal shares: 0 when all are equal, about one less than their number when drawn at random.
fn chi_square(shares: &[u64]) -> f64 {
    let even = shares.iter().sum::<u64>() as f64 / shares.len() as f64;
    shares.iter().map(|share| (*share as f64 - even).powi(2) / even).sum()
}

/// Shows all three schedules.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We open {REQUESTS} connections to {WORKERS} workers, one after another. Each answers")?;
    writeln!(out, "  with its pid. \"unevenness\" is chi-square: random gives about 3, above 7.8 is")?;
    writeln!(out, "  unlikely by chance.")?;
    writeln!(out, "  Expected: equal shares only where the primary assigns in turn.")?;
    writeln!(out, "    schedule      answered by each    unevenness")?;
    for schedule in Schedule::ALL {
        let cluster = Cluster::start(Path::new(OWN_PROGRAM), WORKERS, schedule)?;
        let workers = cluster.workers()?;
        let counts = who_answers(cluster.address(), REQUESTS)?;
        let all_known = counts.keys().all(|pid| workers.contains(pid));
        claim(all_known, format_args!("{schedule}: {counts:?} answered, the workers are {workers:?}"))?;
        let shares: Vec<u64> = workers.iter().map(|pid| counts.get(pid).copied().unwrap_or(0)).collect();
        let even = schedule != Schedule::RoundRobin || shares == [REQUESTS / WORKERS as u64; WORKERS];
        claim(even, format_args!("round-robin gave the uneven shares {shares:?}"))?;
        let unevenness = chi_square(&shares);
        let shares: String = shares.iter().map(|share| format!("{share:>5}")).collect();
        writeln!(out, "    {schedule:<12}{shares} {unevenness:>12.1}")?;
    }
    writeln!(out, "  One port is served by {WORKERS} processes. Under shared and reuseport the kernel")?;
    writeln!(out, "  decides which of them, and it does not count.")?;
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
