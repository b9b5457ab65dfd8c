//! A whole cluster as a value: start one, ask it, kill a part of it, drop it.

use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind};
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, ChildStdout, ExitStatus, Stdio};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::child;
use crate::ending::DRAIN_DEADLINE;
use crate::schedule::Schedule;
use crate::settings::Settings;

/// How long a cluster may take from its start until all its workers listen.
pub const START_DEADLINE: Duration = Duration::from_secs(10);

/// A running cluster: a child process that serves, and its children. Dropped, it is drained and reaped.
///
/// The primary is killed when the thread that started it ends, and its workers with it.
#[derive(Debug)]
pub struct Cluster {
    primary: Child,
    /// Ends when the primary does: nobody else has the other end.
    out: BufReader<ChildStdout>,
    address: SocketAddr,
}

impl Cluster {
    /// Starts one on a port of the kernel's choice, and waits until all its workers listen. `program` is this
    /// chapter's executable, or one that passes its arguments to [`child::run`].
    ///
    /// # Errors
    /// Those of starting `program`; `ConnectionAborted` when the primary ended instead (it says why on standard
    /// error); `TimedOut` after [`START_DEADLINE`].
    pub fn start(program: &Path, workers: usize, schedule: Schedule) -> io::Result<Self> {
        Self::start_with(&Settings { workers, schedule, ..Settings::new(program) })
    }

    /// The same with all settings.
    ///
    /// # Errors
    /// Those of [`Cluster::start`].
    pub fn start_with(settings: &Settings) -> io::Result<Self> {
        let mut command = child::command(&settings.program, "primary");
        command.arg(&settings.program).args(settings.options());
        let mut primary = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let out = BufReader::new(primary.stdout.take().expect("is a pipe"));
        let mut cluster = Self { primary, out, address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        cluster.address = cluster.wait_until_listening()?;
        Ok(cluster)
    }

    fn wait_until_listening(&mut self) -> io::Result<SocketAddr> {
        if !wait_for(self.out.get_ref(), START_DEADLINE)? {
            let why = format!("not all workers listened within {START_DEADLINE:?}");
            return Err(io::Error::new(ErrorKind::TimedOut, why));
        }
        let mut line = String::new();
        self.out.read_line(&mut line)?; // written at once: where it begins, all of it is there
        let address = line.trim_end().strip_prefix("listening on ").and_then(|address| address.parse().ok());
        address.ok_or_else(|| {
            let why = format!("the primary ended before it listened; it said '{}'", line.trim_end());
            io::Error::new(ErrorKind::ConnectionAborted, why)
        })
    }

    /// Where it serves.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The primary's process id.
    pub fn primary(&self) -> u32 {
        self.primary.id()
    }

    /// The process ids of the workers that live, in ascending order, as the kernel knows them: the primary's children
    /// in `/proc` (proc(5)), without zombies.
    ///
    /// # Errors
    /// Those of reading `/proc`.
    pub fn workers(&self) -> io::Result<Vec<u32>> {
        let mut workers = Vec::new();
        for entry in fs::read_dir("/proc")? {
            let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { continue }; // it just ended
            // "PID (NAME) STATE PARENT ...": the name may hold anything, even parentheses.
            let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
            let (state, parent) = (fields.next(), fields.next().and_then(|parent| parent.parse().ok()));
            if parent == Some(self.primary()) && !matches!(state, Some("Z" | "X")) {
                workers.push(pid);
            }
        }
        workers.sort_unstable();
        Ok(workers)
    }

    /// Kills one worker with SIGKILL.
    ///
    /// # Errors
    /// `NotFound` when it is no worker of this cluster; those of kill(2).
    pub fn kill_worker(&self, pid: u32) -> io::Result<()> {
        if !self.workers()?.contains(&pid) {
            return Err(io::Error::new(ErrorKind::NotFound, format!("{pid} is no worker of this cluster")));
        }
        Ok(kill(Pid::from_raw(pid as i32), Signal::SIGKILL)?)
    }

    /// Replaces all workers, one by one (SIGHUP). Returns at once; [`Cluster::workers`] shows how far it is.
    ///
    /// # Errors
    /// Those of kill(2).
    pub fn restart(&self) -> io::Result<()> {
        Ok(kill(Pid::from_raw(self.primary() as i32), Signal::SIGHUP)?)
    }

    /// Ends it with SIGTERM: it drains. One that does not end within its deadline is killed.
    ///
    /// # Errors
    /// Those of kill(2) and waitpid(2).
    pub fn stop(mut self) -> io::Result<ExitStatus> {
        self.end()
    }

    fn end(&mut self) -> io::Result<ExitStatus> {
        if let Some(status) = self.primary.try_wait()? {
            return Ok(status);
        }
        kill(Pid::from_raw(self.primary.id() as i32), Signal::SIGTERM)?;
        if !wait_for(self.out.get_ref(), DRAIN_DEADLINE + Duration::from_secs(2))? {
            self.primary.kill()?;
        }
        self.primary.wait()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.end().is_err() {
            let _ = self.primary.kill();
            let _ = self.primary.wait();
        }
    }
}

/// Waits until the pipe has something to read, or its end; false when neither came within `patience`.
fn wait_for(pipe: &ChildStdout, patience: Duration) -> io::Result<bool> {
    let timeout = PollTimeout::try_from(patience).expect("a few seconds fit");
    loop {
        match poll(&mut [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)], timeout) {
            Err(Errno::EINTR) => continue,
            count => return Ok(count? > 0),
        }
    }
}
