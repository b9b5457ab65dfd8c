//! Workers are replaced: one that is killed, or all of them in a rolling restart. Meanwhile a client goes on asking.

use std::io::{self, ErrorKind, Write};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::table;
use crate::cli::claim;
use crate::client::cluster::Cluster;
use crate::client::{Client, get};
use crate::schedule::Schedule;

const WORKERS: usize = 3;
/// How long workers may take to be replaced.
const DEADLINE: Duration = Duration::from_secs(30);

/// Asks for `/` on new connections, one after another, until `is_last` says so of a pid that answered: how many
/// requests were answered, and how many were not.
fn ask_until(cluster: &Cluster, mut is_last: impl FnMut(u32) -> io::Result<bool>) -> io::Result<(u64, u64)> {
    let (started, mut answered, mut lost) = (Instant::now(), 0, 0);
    while started.elapsed() < DEADLINE {
        let Ok(pid) = get(cluster.address(), "/").and_then(|response| response.pid()) else {
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

/// Kills a worker under all three schedules, each time with one request in progress on it.
pub fn show_killed(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We kill one of {WORKERS} workers while it works on a request. Then we send requests")?;
    writeln!(out, "  on new connections until its successor answers.")?;
    writeln!(out, "  Expected: only the request in progress is lost; a new process takes the slot.")?;
    writeln!(out, "    schedule     in progress    later: answered  lost  successor answers after")?;
    table(out, WORKERS, killed)?;
    writeln!(out, "  \"Only one process crashes\": the others go on, and a supervisor repairs the")?;
    writeln!(out, "  service. Under reuseport a client whose hash selects the dead worker's queue")?;
    writeln!(out, "  waits for the successor, so fewer were answered meanwhile.")?;
    Ok(())
}

fn killed(cluster: &Cluster, schedule: Schedule) -> anyhow::Result<String> {
    let before = cluster.workers()?;
    let mut client = Client::connect(cluster.address())?;
    let victim = client.get("/")?.pid()?;
    client.send("/work?ms=2000")?;
    let started = Instant::now();
    kill(Pid::from_raw(victim as i32), Signal::SIGKILL)?;
    let (answered, lost) = ask_until(cluster, |pid| Ok(!before.contains(&pid)))?;
    let time = started.elapsed().as_secs_f64() * 1e3;
    let in_progress = client.receive();
    claim(in_progress.is_err(), format_args!("{schedule}: the dead worker's request got {in_progress:?}"))?;
    // Under reuseport the first connection may be one for the empty slot: it waits there for the successor.
    let meanwhile = answered - 1;
    let waits = schedule == Schedule::Reuseport;
    claim(meanwhile > 0 || waits, format_args!("{schedule}: the other workers did not answer"))?;
    claim(cluster.workers()?.len() == WORKERS, format_args!("{schedule}: not {WORKERS} workers again"))?;
    Ok(format!("lost 1 of 1 {meanwhile:>18} {lost:>5} {time:>21.1} ms"))
}

/// Replaces all workers under all three schedules.
pub fn show_restart(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  SIGHUP replaces all {WORKERS} workers, one by one. Meanwhile a client asks again and")?;
    writeln!(out, "  again, each time on a new connection.")?;
    writeln!(out, "  Expected: no request fails.")?;
    writeln!(out, "    schedule     answered  failed")?;
    table(out, WORKERS, restart)?;
    writeln!(out, "  A worker is told to leave only when its successor listens, and it leaves when")?;
    writeln!(out, "  its requests are answered. So a program can be replaced while it serves.")?;
    Ok(())
}

fn restart(cluster: &Cluster, schedule: Schedule) -> anyhow::Result<String> {
    let old = cluster.workers()?;
    kill(Pid::from_raw(cluster.primary() as i32), Signal::SIGHUP)?;
    let (answered, failed) = ask_until(cluster, |_| {
        let workers = cluster.workers()?;
        Ok(workers.len() == WORKERS && !workers.iter().any(|pid| old.contains(pid)))
    })?;
    claim(failed == 0, format_args!("{schedule}: {failed} requests failed"))?;
    Ok(format!("{answered:>8} {failed:>7}"))
}
