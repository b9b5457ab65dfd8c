//! A worker as its primary sees it: a process, the channel to it, and the state it is in.

use std::fmt;
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
    /// It runs, and was told to listen.
    Online,
    /// It takes connections.
    Listening,
    /// It was told to finish what it has begun, and to leave.
    Draining,
    /// It has ended.
    Gone,
}

impl State {
    /// The state after the worker said `message`; `None` when that violates the protocol.
    pub(crate) fn after(self, message: Message) -> Option<Self> {
        use Message::{NoRoom, Online, Ready};

        match (self, message) {
            (Self::Starting, Online) => Some(Self::Online),
            (Self::Online, Ready) | (Self::Listening, Ready | NoRoom) => Some(Self::Listening),
            (Self::Draining, Online | Ready | NoRoom) => Some(Self::Draining), // said before it heard that it is to leave
            _ => None,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&format!("{self:?}").to_lowercase())
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
    /// Starts a worker, which is to listen on this. Its standard output is closed off: that of the
    /// service has only what the contract says. Its standard error belongs to the log.
    pub(crate) fn start(settings: &Settings, slot: usize, listener: Option<BorrowedFd>, log: &Log) -> io::Result<Self> {
        let (channel, for_worker) = Channel::pair()?;
        channel.send(Message::Listen, listener)?;
        let mut command = own_program::command(&settings.program, "worker");
        command.arg(&settings.program).args(&settings.options);
        command.stdin(for_worker).stdout(Stdio::null()).stderr(log.for_worker()?);
        let child = command.spawn()?;
        let now = Instant::now();
        Ok(Self { child, channel, state: State::Starting, slot, started: now, since: now })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next message, if there is one, and the state after it; an error when the worker has ended, or violates the
    /// protocol.
    pub(crate) fn next_event(&mut self) -> io::Result<Option<(Message, State)>> {
        let Some((message, _)) = self.channel.receive()? else { return Ok(None) };
        let violation = || io::Error::other(format!("protocol violation, {message:?} while {}", self.state));
        let state = self.state.after(message).ok_or_else(violation)?;
        Ok(Some((message, state)))
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
    fn a_worker_comes_up_in_order_or_not_at_all() {
        let up = [Message::Online, Message::Ready, Message::Ready];
        let end = up.into_iter().try_fold(State::Starting, State::after);
        assert_eq!(end, Some(State::Listening));
        assert_eq!(State::Starting.after(Message::Ready), None);
        assert_eq!(State::Listening.after(Message::Online), None);
        assert_eq!(State::Draining.after(Message::Drain), None);
    }

    #[test]
    fn a_draining_worker_stays_so_whatever_it_said_before() {
        for message in [Message::Online, Message::Ready, Message::NoRoom] {
            assert_eq!(State::Draining.after(message), Some(State::Draining));
        }
    }
}
