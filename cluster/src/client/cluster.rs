//! A whole cluster as a value: start one, ask it, restart it, drop it.

use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind};
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, Stdio};

use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::schedule::Schedule;
use crate::support::own_program;

/// How long the primary may take to end before it is killed, in milliseconds.
const END_DEADLINE_MS: u16 = 20_000;

/// A running cluster: a child process that serves, and its children. Dropped, it is drained and reaped.
///
/// The primary is killed when the thread that started it ends, and its workers with it.
#[derive(Debug)]
pub struct Cluster {
    /// Its standard output ends with it. What it reports on standard error is not read, and it does not wait for that.
    primary: Child,
    address: SocketAddr,
}

impl Cluster {
    /// Starts one on a port of the kernel's choice, and waits until all its workers listen. `program` is this
    /// chapter's executable, or one that passes its arguments to [`roles::run`](crate::support::roles::run).
    ///
    /// # Errors
    /// Those of starting `program`; `ConnectionAborted`, with what it wrote to standard error, when the primary ended
    /// instead: it gives up by itself if workers do not come up.
    pub fn start(program: &Path, workers: usize, schedule: Schedule) -> io::Result<Self> {
        let options = [format!("--workers={workers}"), format!("--schedule={}", schedule.name())];
        let mut command = own_program::command(program, "primary");
        command.args(options).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut primary = command.spawn()?;
        let mut line = String::new();
        BufReader::new(primary.stdout.as_mut().expect("is a pipe")).read_line(&mut line)?;
        let address = line.trim_end().strip_prefix("listening on ").and_then(|address| address.parse().ok());
        let Some(address) = address else {
            let why = primary.wait_with_output()?.stderr;
            return Err(io::Error::new(ErrorKind::ConnectionAborted, String::from_utf8_lossy(&why).trim_end()));
        };
        Ok(Self { primary, address })
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
}

/// Ends it with SIGTERM: it drains, within [`DRAIN_DEADLINE`](crate::primary::ending::DRAIN_DEADLINE).
impl Drop for Cluster {
    fn drop(&mut self) {
        // Errors are left alone: there is no one to report them to.
        let _ = kill(Pid::from_raw(self.primary() as i32), Signal::SIGTERM);
        let output = self.primary.stdout.as_ref().expect("is a pipe");
        if poll(&mut [PollFd::new(output.as_fd(), PollFlags::POLLIN)], END_DEADLINE_MS) != Ok(1) {
            let _ = self.primary.kill();
        }
        let _ = self.primary.wait();
    }
}
