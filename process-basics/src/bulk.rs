//! Bytes to a child over ipc-channel: the same channel, nothing to serialize.

use std::io;
use std::path::Path;
use std::process::{Child, ExitCode};

use ipc_channel::ipc::{self, IpcBytesReceiver, IpcBytesSender};

use crate::handshake;

type Ends = (IpcBytesSender, IpcBytesReceiver);

/// A child that sends every message back. Dropped, it is killed and reaped.
#[derive(Debug)]
pub struct BulkEcho {
    child: Child,
    to: IpcBytesSender,
    from: IpcBytesReceiver,
}

impl BulkEcho {
    /// Starts the child.
    ///
    /// # Errors
    /// Those of [`handshake::start`].
    pub fn start(program: &Path) -> io::Result<Self> {
        let (child, (to, from)) = handshake::start::<Ends>(program, "bulk-echo")?;
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

impl Drop for BulkEcho {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The child's side: sends back every message until the parent closes the channel.
pub(crate) fn bulk_echo(address: &str) -> ExitCode {
    match serve(address) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bulk-echo: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(address: &str) -> io::Result<()> {
    let (messages_in, messages) = ipc::bytes_channel()?;
    let (replies, replies_out) = ipc::bytes_channel()?;
    handshake::call::<Ends>(address, (messages_in, replies_out))?;
    while let Ok(message) = messages.recv() {
        replies.send(&message)?;
    }
    Ok(())
}
