//! A worker as its primary sees it: a process, the channel to it, and the state it is in.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::time::Instant;

use super::log::Log;
use crate::schedule::Schedule;
use crate::settings::Settings;
use crate::support::own_program::{self, OWN_PROGRAM};
use crate::wire::channel::{Channel, Message};
use crate::wire::port::Port;

/// Where a worker is between its start and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// The process was created.
    Starting,
    /// It takes connections.
    Listening,
    /// It was told to finish what it has begun, and to leave.
    Leaving,
}

/// Dropped, the worker is killed and reaped.
#[derive(Debug)]
pub(crate) struct WorkerHandle {
    child: Child,
    pub(crate) channel: Channel,
    pub(crate) state: State,
    /// Which of the service's workers it is: its successor has the same slot.
    pub(crate) slot: usize,
    pub(crate) started: Instant,
    /// Since when its deadline runs: it came into its state, was assigned a connection, or the service began to end.
    pub(crate) since: Instant,
}

impl WorkerHandle {
    /// Starts a worker. It inherits its end of the channel as its standard input, and what it is to listen on, if
    /// anything, as its standard output. Its standard error belongs to the log.
    pub(crate) fn start(settings: &Settings, slot: usize, port: &Port, log: &Log) -> io::Result<Self> {
        let (channel, for_worker) = Channel::pair()?;
        let mut command = own_program::command(Path::new(OWN_PROGRAM), "worker");
        command.args(&settings.options).stdin(for_worker).stdout(Stdio::null()).stderr(log.for_worker()?);
        if settings.schedule != Schedule::RoundRobin {
            command.stdout(OwnedFd::from(port.listener(slot).try_clone()?));
        }
        let child = command.spawn()?;
        let now = Instant::now();
        Ok(Self { child, channel, state: State::Starting, slot, started: now, since: now })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// It moves on, and that is reported.
    pub(crate) fn enter(&mut self, state: State, log: &mut Log) {
        self.state = state;
        self.since = Instant::now();
        log.note(format_args!("worker {} {}", self.pid(), format!("{state:?}").to_lowercase()));
    }

    /// Sends a message. If the channel is full or closed, the worker is killed.
    pub(crate) fn send(&mut self, message: Message, attached: Option<BorrowedFd>) {
        if self.channel.send(message, attached).is_err() {
            self.kill();
        }
    }

    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill(); // fails when it was reaped already
    }

    /// Reaps a worker: it has ended, or is made to.
    pub(crate) fn reap(&mut self) -> io::Result<ExitStatus> {
        self.kill();
        self.child.wait()
    }
}

impl Drop for WorkerHandle {
    fn drop(&mut self) {
        let _ = self.reap();
    }
}
