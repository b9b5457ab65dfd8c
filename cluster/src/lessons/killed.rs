//! A worker is killed: the others go on serving, and another takes its place.

use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::cli::claim;
use crate::client::cluster::Cluster;
use crate::client::{self, Client};
use crate::schedule::Schedule;
use crate::support::own_program::OWN_PROGRAM;

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
    /// Those that were not answered.
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

/// Shows it under all three schedules, each time with one request in progress on the victim.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We kill one of {WORKERS} workers while it works on a request, and go on asking on")?;
    writeln!(out, "  fresh connections until its successor answers.")?;
    writeln!(out, "  Expected: only the request in progress is lost; a new process takes the slot.")?;
    writeln!(out, "    schedule     in progress   fresh ones: answered  lost   successor after")?;
    for schedule in Schedule::ALL {
        let cluster = Cluster::start(Path::new(OWN_PROGRAM), WORKERS, schedule)?;
        let mut client = Client::connect(cluster.address())?;
        let victim = client.get("/")?.pid()?;
        client.send("/work?ms=2000")?;
        let Recovery { time, answered, lost, .. } = kill_and_recover(&cluster, victim)?;
        let in_progress = client.receive();
        claim(in_progress.is_err(), format_args!("{schedule}: the dead worker's request got {in_progress:?}"))?;
        let time = time.as_secs_f64() * 1e3;
        writeln!(out, "    {schedule:<12} lost 1 of 1 {answered:>22} {lost:>5} {time:>14.1} ms")?;
        // Under reuseport the first connection may be one for the empty slot: it waits there for the successor.
        let waits = schedule == Schedule::Reuseport;
        claim(answered > 0 || waits, format_args!("{schedule}: the other workers did not answer"))?;
        claim(cluster.workers()?.len() == WORKERS, format_args!("{schedule}: not {WORKERS} workers again"))?;
    }
    writeln!(out, "  \"Only one process crashes\": the others go on, and a supervisor repairs the")?;
    writeln!(out, "  service. Under reuseport a client whose hash selects the dead worker's queue")?;
    writeln!(out, "  waits for the successor, so fewer were answered meanwhile.")?;
    Ok(())
}
