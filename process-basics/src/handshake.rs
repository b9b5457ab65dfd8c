//! How a child with a program of its own and its parent come by a channel: the child makes it, and calls its parent.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{self, Child, ChildStdout, Stdio};
use std::time::Duration;

use ipc_channel::IpcError;
use ipc_channel::ipc::{IpcOneShotServer, IpcSender};
use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use serde::{Serialize, de::DeserializeOwned};

use crate::child;

/// How long a child may take from its start to its first message.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Starts `program` as a child in `role` and waits for its first message: the ends of the channels it has made.
///
/// # Errors
/// Those of starting `program`; `ConnectionAborted` when the child ends before its first message, `TimedOut` when none
/// came within [`PATIENCE`]. Then the child has been killed and reaped.
pub fn start<Ends: Serialize + DeserializeOwned>(program: &Path, role: &str) -> io::Result<(Child, Ends)> {
    let (server, name) = IpcOneShotServer::<Ends>::new()?;
    let door = Door::open(&name)?;
    let mut command = child::command(program, role);
    let mut child = command.arg(door.address()).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let ready = child.stdout.take().expect("its stdout is a pipe");
    match wait_until_ready(ready).and_then(|()| server.accept().map_err(into_io)) {
        Ok((_, ends)) => Ok((child, ends)),
        Err(error) => {
            let _ = child.kill();
            let _ = child.wait();
            Err(error)
        }
    }
}

/// The child's side: sends its ends to the parent that waits at `address`.
pub(crate) fn call<Ends: Serialize>(address: &str, ends: Ends) -> io::Result<()> {
    IpcSender::connect(address.to_owned())?.send(ends).map_err(into_io)?;
    println!("ready");
    Ok(())
}

/// A socket that can be connected to and has no name in the file system, so that nothing is left behind whenever we
/// die: the file is opened and unlinked at once, and `/proc/PID/fd/N` leads to it for as long as we hold it open.
struct Door(File);

impl Door {
    fn open(name: &str) -> io::Result<Self> {
        let socket = Path::new(name);
        let file = OpenOptions::new().read(true).custom_flags(libc::O_PATH).open(socket)?;
        fs::remove_file(socket)?;
        if let Some(directory) = socket.parent() {
            fs::remove_dir(directory)?;
        }
        Ok(Self(file))
    }

    fn address(&self) -> String {
        format!("/proc/{}/fd/{}", process::id(), self.0.as_raw_fd())
    }
}

/// Waits for the line that the child prints once its first message is sent. Only then is it safe to accept:
/// `IpcOneShotServer::accept` would wait for ever for a child that died before.
fn wait_until_ready(mut pipe: ChildStdout) -> io::Result<()> {
    let timeout = PollTimeout::try_from(PATIENCE).expect("a few seconds fit");
    let mut fds = [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
    let events = loop {
        match poll(&mut fds, timeout) {
            Err(Errno::EINTR) => continue,
            events => break events?,
        }
    };
    if events == 0 {
        return Err(io::Error::new(io::ErrorKind::TimedOut, format!("no message from the child within {PATIENCE:?}")));
    }
    if pipe.read(&mut [0])? == 0 {
        let why = "the child ended before its first message";
        return Err(io::Error::new(io::ErrorKind::ConnectionAborted, why));
    }
    Ok(())
}

/// An error of ipc-channel as one of the system: a closed channel is `ConnectionReset`.
pub(crate) fn into_io(error: IpcError) -> io::Error {
    match error {
        IpcError::Io(error) => error,
        IpcError::Disconnected => {
            io::Error::new(io::ErrorKind::ConnectionReset, "the other process closed the channel")
        }
        IpcError::SerializationError(error) => io::Error::new(io::ErrorKind::InvalidData, error.to_string()),
    }
}
