//! A worker is killed: the other workers go on serving, and a new one takes its slot.

use std::io::{self, ErrorKind, Write};
use std::time::Instant;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::table;
use crate::cli::claim;
use crate::client::Client;
use crate::client::cluster::Cluster;
use crate::schedule::Schedule;

const WORKERS: usize = 3;

/// What was seen from outside when a worker was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovery {
    /// The pid that answered for the first time.
    pub successor: u32,
    /// Requests on fresh connections, one after another, that the other workers answered in the meantime.
    pub answered: u64,
    /// Those that were not answered.
    pub lost: u64,
}

/// Kills `victim` and asks for `/` on fresh connections, one after another, until a worker answers that was not there
/// before.
///
/// # Errors
/// `NotFound` when it is no worker of this cluster; those of kill(2) and [`Cluster::ask_until`].
pub fn kill_and_recover(cluster: &Cluster, victim: u32) -> io::Result<Recovery> {
    let before = cluster.workers()?;
    if !before.contains(&victim) {
        return Err(io::Error::new(ErrorKind::NotFound, format!("{victim} is no worker of this cluster")));
    }
    kill(Pid::from_raw(victim as i32), Signal::SIGKILL)?;
    let mut successor = 0;
    let (answered, lost) = cluster.ask_until(|pid| {
        successor = pid;
        Ok(!before.contains(&pid))
    })?;
    Ok(Recovery { successor, answered: answered - 1, lost })
}

/// Shows it under all three schedules, each time with one request in progress on the victim.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We kill one of {WORKERS} workers while it works on a request. Then we send requests")?;
    writeln!(out, "  on new connections until its successor answers.")?;
    writeln!(out, "  Expected: only the request in progress is lost; a new process takes the slot.")?;
    writeln!(out, "    schedule     in progress    later: answered  lost  successor answers after")?;
    table(out, WORKERS, row)?;
    writeln!(out, "  \"Only one process crashes\": the others go on, and a supervisor repairs the")?;
    writeln!(out, "  service. Under reuseport a client whose hash selects the dead worker's queue")?;
    writeln!(out, "  waits for the successor, so fewer were answered meanwhile.")?;
    Ok(())
}

fn row(cluster: &Cluster, schedule: Schedule) -> anyhow::Result<String> {
    let mut client = Client::connect(cluster.address())?;
    let victim = client.get("/")?.pid()?;
    client.send("/work?ms=2000")?;
    let killed = Instant::now();
    let Recovery { answered, lost, .. } = kill_and_recover(cluster, victim)?;
    let time = killed.elapsed().as_secs_f64() * 1e3;
    let in_progress = client.receive();
    claim(in_progress.is_err(), format_args!("{schedule}: the dead worker's request got {in_progress:?}"))?;
    // Under reuseport the first connection may be one for the empty slot: it waits there for the successor.
    let waits = schedule == Schedule::Reuseport;
    claim(answered > 0 || waits, format_args!("{schedule}: the other workers did not answer"))?;
    claim(cluster.workers()?.len() == WORKERS, format_args!("{schedule}: not {WORKERS} workers again"))?;
    Ok(format!("lost 1 of 1 {answered:>18} {lost:>5} {time:>21.1} ms"))
}
