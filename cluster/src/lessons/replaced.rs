//! Workers are replaced: one that is killed, then all of them in a rolling restart. Meanwhile a client goes on asking.

use std::io::{self, ErrorKind, Write};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::table;
use crate::cli::claim;
use crate::client::cluster::Cluster;
use crate::client::{Client, get, pid};
use crate::schedule::Schedule;

const WORKERS: usize = 3;
/// How long workers may take to be replaced.
const DEADLINE: Duration = Duration::from_secs(30);

/// Shows all three schedules.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We kill one of {WORKERS} workers while it works on a request. Then we send requests")?;
    writeln!(out, "  on new connections until its successor answers. Then SIGHUP replaces all")?;
    writeln!(out, "  workers, one by one, and we send requests until that is done.")?;
    writeln!(out, "  Expected: only the request in progress is lost, and none by the restart.")?;
    writeln!(out, "                 request      later requests     new worker   in the restart")?;
    writeln!(out, "    schedule     in progress  answered  lost  answers after   answered  lost")?;
    table(out, WORKERS, row)?;
    writeln!(out, "  \"Only one process crashes\": the others go on, and the primary replaces it.")?;
    writeln!(out, "  Under reuseport a client whose hash selects the dead worker's queue waits for")?;
    writeln!(out, "  the successor. In a restart a worker is told to leave only when its successor")?;
    writeln!(out, "  listens; it answers what it has begun, for at most 5 s.")?;
    Ok(())
}

fn row(cluster: &Cluster, schedule: Schedule) -> anyhow::Result<String> {
    let before = cluster.workers()?;
    let mut client = Client::connect(cluster.address())?;
    let victim = pid(&client.get("/")?)?;
    client.send("/work?ms=2000")?;
    let killed = Instant::now();
    kill(Pid::from_raw(victim as i32), Signal::SIGKILL)?;
    let (answered, lost) = ask_until(cluster, |pid| Ok(!before.contains(&pid)))?;
    let time = killed.elapsed().as_secs_f64() * 1e3;
    let in_progress = client.receive();
    claim(in_progress.is_err(), format_args!("{schedule:?}: the dead worker's request got {in_progress:?}"))?;
    claim(lost == 0, format_args!("{schedule:?}: {lost} later requests were lost"))?;

    let old = cluster.workers()?;
    claim(old.len() == WORKERS, format_args!("{schedule:?}: not {WORKERS} workers again"))?;
    kill(Pid::from_raw(cluster.primary() as i32), Signal::SIGHUP)?;
    let (in_restart, failed) = ask_until(cluster, |_| {
        let workers = cluster.workers()?;
        Ok(workers.len() == WORKERS && !workers.iter().any(|pid| old.contains(pid)))
    })?;
    claim(failed == 0, format_args!("{schedule:?}: {failed} requests failed in the restart"))?;
    let after = format!("{time:.1} ms");
    Ok(format!("lost 1 of 1 {answered:>9} {lost:>5} {after:>14} {in_restart:>10} {failed:>5}"))
}

/// Asks for `/` on new connections, one after another, until `is_last` says so of a pid that answered: how many
/// requests were answered, and how many were not.
fn ask_until(cluster: &Cluster, mut is_last: impl FnMut(u32) -> io::Result<bool>) -> io::Result<(u64, u64)> {
    let (started, mut answered, mut lost) = (Instant::now(), 0, 0);
    while started.elapsed() < DEADLINE {
        let Ok(pid) = get(cluster.address(), "/").and_then(|body| pid(&body)) else {
            lost += 1;
            continue;
        };
        answered += 1;
        if is_last(pid)? {
            return Ok((answered, lost));
        }
    }
    Err(io::Error::new(ErrorKind::TimedOut, format!("the workers did not change within {DEADLINE:?}")))
}
