//! Bytes to a child over ipc-channel: the same channel, nothing to serialize.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use ipc_channel::ipc::{self, IpcBytesReceiver, IpcBytesSender};
use nix::unistd::Pid;

use crate::child::Guard;
use crate::handshake;

/// A child that sends every message back. Dropped, it is killed and reaped.
#[derive(Debug)]
pub struct BulkEcho {
    child: Guard,
    to: IpcBytesSender,
    from: IpcBytesReceiver,
}

impl BulkEcho {
    /// Starts the child.
    ///
    /// # Errors
    /// Those of [`handshake::start`].
    pub fn start(program: &Path) -> io::Result<Self> {
        Self::in_role(program, "bulk-echo")
    }

    /// Starts a child that answers with a sum of the bytes instead.
    ///
    /// # Errors
    /// Those of [`handshake::start`].
    pub fn summing(program: &Path) -> io::Result<Self> {
        Self::in_role(program, "bulk-sum")
    }

    fn in_role(program: &Path, role: &str) -> io::Result<Self> {
        let ((to, inbox), (outbox, from)) = (ipc::bytes_channel()?, ipc::bytes_channel()?);
        Ok(Self { child: handshake::start(program, role, (inbox, outbox))?, to, from })
    }

    /// The child's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends `message` and waits for what comes back: one round trip, two copies on the way each time.
    ///
    /// # Errors
    /// When the child is gone: `BrokenPipe` or `ConnectionReset` from sending, `ConnectionReset` from receiving.
    pub fn round_trip(&self, message: &[u8]) -> io::Result<Vec<u8>> {
        self.to.send(message)?;
        self.from.recv().map_err(handshake::into_io)
    }
}

/// The child's side: answers every message until the parent closes the channel.
pub(crate) fn serve(parent: Pid, answer: fn(Vec<u8>) -> Vec<u8>) -> ExitCode {
    handshake::answer(parent, |(inbox, outbox): (IpcBytesReceiver, IpcBytesSender)| {
        while let Ok(message) = inbox.recv() {
            if outbox.send(&answer(message)).is_err() {
                break;
            }
        }
    })
}
