//! A rolling restart under load: all processes are replaced, and no client notices.

use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::cli::claim;
use crate::client::cluster::Cluster;
use crate::client::load::{Tally, load};
use crate::schedule::Schedule;
use crate::support::own_program::OWN_PROGRAM;

/// How long all workers may take to be replaced.
pub const RESTART_DEADLINE: Duration = Duration::from_secs(30);

const WORKERS: usize = 3;
const CLIENTS: usize = 4;

/// Replaces all workers while `clients` ask for `/`, on connections that they keep, or on a fresh one for each request.
/// What the clients got, and how long it took.
///
/// # Errors
/// Those of [`Cluster::workers`] and [`Cluster::restart`]; `TimedOut` after [`RESTART_DEADLINE`].
pub fn restart_under_load(cluster: &Cluster, clients: usize, kept: bool) -> io::Result<(Tally, Duration)> {
    let (time, tally) = load(cluster.address(), clients, "/", kept, || {
        let (old, started) = (cluster.workers()?, Instant::now());
        cluster.restart()?;
        loop {
            let workers = cluster.workers()?;
            if workers.len() == old.len() && !workers.iter().any(|pid| old.contains(pid)) {
                return Ok(started.elapsed());
            }
            if started.elapsed() > RESTART_DEADLINE {
                return Err(io::Error::new(ErrorKind::TimedOut, format!("of {old:?} some are left in {workers:?}")));
            }
            thread::yield_now();
        }
    })?;
    Ok((tally, time?))
}

/// Shows all three schedules.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  {CLIENTS} clients ask all the time while SIGHUP replaces all {WORKERS} workers, one by one.")?;
    writeln!(out, "  Expected: no request fails, on kept connections or on fresh ones.")?;
    writeln!(out, "    schedule     connections  answered  failed  done after")?;
    for schedule in Schedule::ALL {
        for (kept, name) in [(true, "kept"), (false, "fresh")] {
            let cluster = Cluster::start(Path::new(OWN_PROGRAM), WORKERS, schedule)?;
            let (tally, time) = restart_under_load(&cluster, CLIENTS, kept)?;
            let (answered, failed) = (tally.answered, tally.failed.len() as u64 + tally.refused);
            let time = time.as_millis();
            writeln!(out, "    {schedule:<12} {name:<11} {answered:>9} {failed:>7} {time:>8} ms")?;
            claim(failed == 0, format_args!("{schedule}: {:?}, {} refused", tally.failed, tally.refused))?;
            claim(answered > 0, format_args!("{schedule}: no request was answered"))?;
        }
    }
    writeln!(out, "  No worker leaves before its successor listens, and none before its requests")?;
    writeln!(out, "  are answered. So a program can be replaced while it serves.")?;
    Ok(())
}
