//! Bytes to a child over ipc-channel: the same channel, nothing to serialize.

use std::io;
use std::path::Path;

use ipc_channel::ipc::{self, IpcBytesReceiver, IpcBytesSender};

use crate::child::Guard;
use crate::handshake;

/// The child's ends.
type Ends = (IpcBytesReceiver, IpcBytesSender);

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
        let (to, messages) = ipc::bytes_channel()?;
        let (replies, from) = ipc::bytes_channel()?;
        let child = handshake::start::<Ends>(program, "bulk-echo", (messages, replies))?;
        Ok(Self { child, to, from })
    }

    /// The child's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends `message` and waits until it is back: one round trip, two copies on the way each time.
    ///
    /// # Errors
    /// When the child is gone: `BrokenPipe` or `ConnectionReset` from sending, `ConnectionReset` from receiving.
    pub fn round_trip(&self, message: &[u8]) -> io::Result<Vec<u8>> {
        self.to.send(message)?;
        self.from.recv().map_err(handshake::into_io)
    }
}

/// The child's side: sends back every message until the parent closes the channel.
pub(crate) fn serve((messages, replies): Ends) -> io::Result<()> {
    while let Ok(message) = messages.recv() {
        replies.send(&message)?;
    }
    Ok(())
}
