//! A rolling restart: all processes are replaced while a client goes on asking.

use std::io::{self, Write};

use super::table;
use crate::cli::claim;
use crate::client::cluster::Cluster;
use crate::schedule::Schedule;

const WORKERS: usize = 3;

/// Replaces all workers, and asks for `/` on fresh connections until that is done: how many requests were answered,
/// and how many were not.
///
/// # Errors
/// Those of [`Cluster::restart`], [`Cluster::workers`] and [`Cluster::ask_until`].
pub fn ask_during_restart(cluster: &Cluster) -> io::Result<(u64, u64)> {
    let old = cluster.workers()?;
    cluster.restart()?;
    cluster.ask_until(|_| {
        let workers = cluster.workers()?;
        Ok(workers.len() == old.len() && !workers.iter().any(|pid| old.contains(pid)))
    })
}

/// Shows all three schedules.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  SIGHUP replaces all {WORKERS} workers, one by one. Meanwhile a client asks again and")?;
    writeln!(out, "  again, each time on a new connection.")?;
    writeln!(out, "  Expected: no request fails.")?;
    writeln!(out, "    schedule     answered  failed")?;
    table(out, WORKERS, row)?;
    writeln!(out, "  A worker is told to leave only when its successor listens, and it leaves when")?;
    writeln!(out, "  its requests are answered. So a program can be replaced while it serves.")?;
    Ok(())
}

fn row(cluster: &Cluster, schedule: Schedule) -> anyhow::Result<String> {
    let (answered, failed) = ask_during_restart(cluster)?;
    claim(failed == 0, format_args!("{schedule}: {failed} requests failed"))?;
    claim(answered > 0, format_args!("{schedule}: no request was answered"))?;
    Ok(format!("{answered:>8} {failed:>7}"))
}
