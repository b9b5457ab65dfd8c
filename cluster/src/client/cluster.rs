//! A whole cluster as a value: start one, ask it, restart it, drop it.

use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind};
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, ChildStdout, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::get;
use crate::schedule::Schedule;
use crate::support::own_program;

/// How long the primary may take to end before it is killed, in milliseconds.
const END_DEADLINE_MS: u16 = 20_000;
/// How long workers may take to be replaced.
const CHANGE_DEADLINE: Duration = Duration::from_secs(30);

/// A running cluster: a child process that serves, and its children. Dropped, it is drained and reaped.
///
/// The primary is killed when the thread that started it ends, and its workers with it.
#[derive(Debug)]
pub struct Cluster {
    primary: Child,
    /// The primary's standard output, which ends with it.
    output: BufReader<ChildStdout>,
    address: SocketAddr,
}

impl Cluster {
    /// Starts one on a port of the kernel's choice, and waits until all its workers listen. `program` is this
    /// chapter's executable, or one that passes its arguments to [`roles::run`](crate::support::roles::run).
    ///
    /// # Errors
    /// Those of starting `program`; `ConnectionAborted` when the primary ended instead: it says why on standard error,
    /// and gives up by itself if workers do not come up.
    pub fn start(program: &Path, workers: usize, schedule: Schedule) -> io::Result<Self> {
        let options = [format!("--workers={workers}"), format!("--schedule={schedule}"), "--quiet".to_owned()];
        let mut command = own_program::command(program, "primary");
        command.arg(program).args(options).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut primary = command.spawn()?;
        let output = BufReader::new(primary.stdout.take().expect("is a pipe"));
        let mut cluster = Self { primary, output, address: SocketAddr::from(([0; 4], 0)) };
        let mut line = String::new();
        cluster.output.read_line(&mut line)?;
        let address = line.trim_end().strip_prefix("listening on ").and_then(|address| address.parse().ok());
        cluster.address = address.ok_or(ErrorKind::ConnectionAborted)?;
        Ok(cluster)
    }

    /// Where it serves.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The primary's process id.
    pub fn primary(&self) -> u32 {
        self.primary.id()
    }

    /// The process ids of the workers, in ascending order, as the kernel knows them: the primary's children
    /// (`/proc/PID/task/TID/children`, proc(5)).
    ///
    /// # Errors
    /// Those of reading `/proc`.
    pub fn workers(&self) -> io::Result<Vec<u32>> {
        let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", self.primary()))?;
        let mut workers: Vec<u32> = children.split_whitespace().filter_map(|pid| pid.parse().ok()).collect();
        workers.sort_unstable();
        Ok(workers)
    }

    /// Replaces all workers, one by one (SIGHUP). Returns at once; [`Cluster::workers`] shows how far it is.
    ///
    /// # Errors
    /// Those of kill(2).
    pub fn restart(&self) -> io::Result<()> {
        Ok(kill(Pid::from_raw(self.primary() as i32), Signal::SIGHUP)?)
    }

    /// Asks for `/` on new connections, one after another, until `is_last` says so of a pid that answered: how many
    /// requests were answered, and how many were not.
    ///
    /// # Errors
    /// Those of `is_last`; `TimedOut` after 30 s.
    pub fn ask_until(&self, mut is_last: impl FnMut(u32) -> io::Result<bool>) -> io::Result<(u64, u64)> {
        let (started, mut answered, mut lost) = (Instant::now(), 0, 0);
        while started.elapsed() < CHANGE_DEADLINE {
            let Ok(pid) = get(self.address, "/").and_then(|response| response.pid()) else {
                lost += 1;
                continue;
            };
            answered += 1;
            if is_last(pid)? {
                return Ok((answered, lost));
            }
        }
        Err(io::Error::new(ErrorKind::TimedOut, format!("the workers did not change within {CHANGE_DEADLINE:?}")))
    }

    /// Ends it with SIGTERM: it drains, within [`DRAIN_DEADLINE`](crate::primary::ending::DRAIN_DEADLINE). Again, it
    /// returns the same.
    ///
    /// # Errors
    /// Those of kill(2) and waitpid(2).
    pub fn stop(&mut self) -> io::Result<ExitStatus> {
        if self.primary.try_wait()?.is_none() {
            kill(Pid::from_raw(self.primary() as i32), Signal::SIGTERM)?;
            if poll(&mut [PollFd::new(self.output.get_ref().as_fd(), PollFlags::POLLIN)], END_DEADLINE_MS)? == 0 {
                self.primary.kill()?;
            }
        }
        self.primary.wait()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.stop(); // there is no one left to report an error to
    }
}
