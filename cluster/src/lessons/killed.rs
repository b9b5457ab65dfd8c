//! A worker is killed: the others go on serving, and another takes its place.

use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::client::{self, Client};
use crate::handle::Cluster;
use crate::schedule::Schedule;

/// How long a new worker may take to give its first answer.
pub const RECOVERY_DEADLINE: Duration = Duration::from_secs(10);

const WORKERS: usize = 3;

/// What was seen from outside when a worker was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovery {
    /// The pid that answered for the first time.
    pub successor: u32,
    /// From the kill to its first answer.
    pub time: Duration,
    /// Requests on fresh connections, one after another, that the other workers answered in the meantime.
    pub answered: u64,
    /// Those that nobody answered.
    pub lost: u64,
}

/// Kills `victim` and asks for `/` on fresh connections, one after another, until a worker answers that was not there
/// before.
///
/// # Errors
/// `NotFound` when it is no worker of this cluster; those of kill(2); `TimedOut` after [`RECOVERY_DEADLINE`]; `Other`
/// when the victim answers.
pub fn kill_and_recover(cluster: &Cluster, victim: u32) -> io::Result<Recovery> {
    let before = cluster.workers()?;
    if !before.contains(&victim) {
        return Err(io::Error::new(ErrorKind::NotFound, format!("{victim} is no worker of this cluster")));
    }
    kill(Pid::from_raw(victim as i32), Signal::SIGKILL)?;
    let killed = Instant::now();
    let (mut answered, mut lost) = (0, 0);
    while killed.elapsed() < RECOVERY_DEADLINE {
        match client::get(cluster.address(), "/").and_then(|response| response.pid()) {
            Ok(pid) if pid == victim => return Err(io::Error::other(format!("{pid} answered after it was killed"))),
            Ok(pid) if before.contains(&pid) => answered += 1,
            Ok(successor) => return Ok(Recovery { successor, time: killed.elapsed(), answered, lost }),
            Err(_) => lost += 1,
        }
    }
    Err(io::Error::new(ErrorKind::TimedOut, format!("no new worker answered within {RECOVERY_DEADLINE:?}")))
}

/// Shows it under all three schedules, each time with one request in the victim's hands.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    writeln!(out, "  {WORKERS} workers, one is killed. Until a new one answers:")?;
    writeln!(out, "  schedule     answered  lost  in hand lost  new one after")?;
    for schedule in Schedule::ALL {
        let cluster = Cluster::start(program, WORKERS, schedule)?;
        let mut client = Client::connect(cluster.address())?;
        let victim = client.get("/")?.pid()?;
        client.send("/work?ms=2000")?;
        let Recovery { successor, time, answered, lost } = kill_and_recover(&cluster, victim)?;
        let in_flight = client.receive();
        ensure!(in_flight.is_err(), "{schedule}: the killed worker's own request was answered: {in_flight:?}");
        let time = time.as_secs_f64() * 1e3;
        writeln!(out, "  {schedule:<12} {answered:>8} {lost:>5}        1 of 1 {time:>11.1} ms")?;
        // Under reuseport the first connection may be one for the empty place: it waits there for the successor.
        let waits = schedule == Schedule::Reuseport;
        ensure!(answered > 0 || waits, "{schedule}: nobody answered before the new worker {successor} did");
        ensure!(cluster.workers()?.len() == WORKERS, "{schedule}: the cluster does not have {WORKERS} workers again");
    }
    writeln!(out, "  A new process took its place. What the victim had in its")?;
    writeln!(out, "  hands is lost: its clients must ask again. Under reuseport")?;
    writeln!(out, "  who is hashed to the dead one's listener waits there for")?;
    writeln!(out, "  the new one; elsewhere the others went on answering.")?;
    Ok(())
}
