//! A worker as its primary sees it: a process, the channel to it, and the state it is in.

use std::io;
use std::os::fd::BorrowedFd;
use std::process::{Child, ExitStatus, Stdio};
use std::time::Instant;

use super::log::Log;
use crate::settings::Settings;
use crate::support::own_program;
use crate::wire::channel::{Channel, Message};

/// Where a worker is between its start and its end. Node emits events of the same names at the same moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// The process was created.
    Starting,
    /// It runs.
    Online,
    /// It takes connections.
    Listening,
    /// It was told to finish what it has begun, and to leave.
    Draining,
}

impl State {
    /// The state after the worker said `message`.
    pub(crate) fn after(self, message: Message) -> Self {
        match message {
            _ if self == Self::Draining => self, // it said that before it heard that it is to leave
            Message::Online => Self::Online,
            _ => Self::Listening,
        }
    }

    pub(crate) fn has_listened(self) -> bool {
        matches!(self, Self::Listening | Self::Draining)
    }
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
    /// When it came into its state, or was assigned its last connection: whichever was later.
    pub(crate) since: Instant,
}

impl WorkerHandle {
    /// Starts a worker. It inherits its end of the channel as its standard input, and what it is to listen on, if
    /// anything, as its standard output. Its standard error belongs to the log.
    pub(crate) fn start(settings: &Settings, slot: usize, listener: Option<BorrowedFd>, log: &Log) -> io::Result<Self> {
        let (channel, for_worker) = Channel::pair()?;
        let listener = listener.map(|listener| listener.try_clone_to_owned()).transpose()?;
        let mut command = own_program::command(&settings.program, "worker");
        command.arg(&settings.program).args(&settings.options);
        command.stdin(for_worker).stdout(listener.map_or(Stdio::null(), Stdio::from)).stderr(log.for_worker()?);
        let child = command.spawn()?;
        let now = Instant::now();
        Ok(Self { child, channel, state: State::Starting, slot, started: now, since: now })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a message. A worker that takes none is killed, and its channel ends.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_comes_up_in_order() {
        let said = [Message::Online, Message::Ready, Message::Ready];
        let end = said.into_iter().fold(State::Starting, State::after);
        assert!(end == State::Listening && end.has_listened() && !State::Online.has_listened());
    }

    #[test]
    fn a_draining_worker_stays_so_whatever_it_said_before() {
        for message in [Message::Online, Message::Ready, Message::NoRoom] {
            assert_eq!(State::Draining.after(message), State::Draining);
        }
    }
}
