//! Bytes to a child over ipc-channel and back, without serialization.

use std::io;
use std::path::Path;
use std::process::{self, Command, ExitCode};

use ipc_channel::IpcError;
use ipc_channel::ipc::{self, IpcBytesReceiver, IpcBytesSender};
use nix::unistd::Pid;
use process_basics::support::guard::Guard;
use process_basics::support::handshake;

/// The role of the child.
pub(crate) const ROLE: &str = "comparison/bulk-echo";

/// A child that sends every message back. Dropped, it is killed and reaped.
pub(crate) struct BulkEcho {
    child: Guard,
    to: IpcBytesSender,
    from: IpcBytesReceiver,
}

impl BulkEcho {
    /// Starts `program`, this executable, as the child.
    pub(crate) fn start(program: &Path) -> io::Result<Self> {
        let (to, inbox) = ipc::bytes_channel()?;
        let (outbox, from) = ipc::bytes_channel()?;
        let mut command = Command::new(program);
        command.args(["child", ROLE, &process::id().to_string()]);
        Ok(Self { child: handshake::start(&mut command, (inbox, outbox))?, to, from })
    }

    /// The child's process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends `message` and waits for what comes back: two copies in each direction.
    pub(crate) fn round_trip(&self, message: &[u8]) -> io::Result<Vec<u8>> {
        self.to.send(message)?;
        self.from.recv().map_err(|error| match error {
            IpcError::Io(error) => error,
            other => io::Error::other(other),
        })
    }
}

/// The child's side: answers every message until the parent closes the channel.
pub(crate) fn serve(parent: Pid) -> ExitCode {
    let (inbox, outbox): (IpcBytesReceiver, IpcBytesSender) = match handshake::listen(parent) {
        Ok(ends) => ends,
        Err(error) => {
            println!("{error}");
            return ExitCode::FAILURE;
        }
    };
    while let Ok(message) = inbox.recv() {
        if outbox.send(&message).is_err() {
            break;
        }
    }
    ExitCode::SUCCESS
}
