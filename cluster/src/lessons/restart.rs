//! A rolling restart: all processes are replaced while a client goes on asking.

use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::cli::claim;
use crate::client;
use crate::client::cluster::Cluster;
use crate::schedule::Schedule;
use crate::support::own_program::OWN_PROGRAM;

/// How long all workers may take to be replaced.
const RESTART_DEADLINE: Duration = Duration::from_secs(30);

const WORKERS: usize = 3;

/// Replaces all workers, and asks for `/` on fresh connections until that is done: how many requests were answered,
/// and how many were not.
///
/// # Errors
/// Those of [`Cluster::workers`] and [`Cluster::restart`]; `TimedOut` after 30 s.
pub fn ask_during_restart(cluster: &Cluster) -> io::Result<(u64, u64)> {
    let old = cluster.workers()?;
    let started = Instant::now();
    let (mut answered, mut failed) = (0, 0);
    cluster.restart()?;
    loop {
        match client::get(cluster.address(), "/").and_then(|response| response.pid()) {
            Ok(_) => answered += 1,
            Err(_) => failed += 1,
        }
        let workers = cluster.workers()?;
        if workers.len() == old.len() && !workers.iter().any(|pid| old.contains(pid)) {
            return Ok((answered, failed));
        }
        if started.elapsed() > RESTART_DEADLINE {
            return Err(io::Error::new(ErrorKind::TimedOut, format!("of {old:?} some are left in {workers:?}")));
        }
    }
}

/// Shows all three schedules.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  SIGHUP replaces all {WORKERS} workers, one by one. Meanwhile a client asks again and")?;
    writeln!(out, "  again, each time on a new connection.")?;
    writeln!(out, "  Expected: no request fails.")?;
    writeln!(out, "    schedule     answered  failed")?;
    for schedule in Schedule::ALL {
        let cluster = Cluster::start(Path::new(OWN_PROGRAM), WORKERS, schedule)?;
        let (answered, failed) = ask_during_restart(&cluster)?;
        writeln!(out, "    {schedule:<12} {answered:>8} {failed:>7}")?;
        claim(failed == 0, format_args!("{schedule}: {failed} requests failed"))?;
        claim(answered > 0, format_args!("{schedule}: no request was answered"))?;
    }
    writeln!(out, "  A worker is told to leave only when its successor listens, and it leaves when")?;
    writeln!(out, "  its requests are answered. So a program can be replaced while it serves.")?;
    Ok(())
}
