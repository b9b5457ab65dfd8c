//! How a channel reaches a child that runs another program: the child listens on a socket, and its parent connects.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{self, Command, ExitCode, Stdio};

use ipc_channel::IpcError;
use ipc_channel::ipc::{IpcOneShotServer, IpcReceiver, IpcSender};
use nix::libc;
use nix::sys::signal::{SigSet, SigmaskHow};
use nix::unistd::Pid;
use serde::{Serialize, de::DeserializeOwned};

use super::deadline::read_line;
use super::guard::Guard;
use crate::fork::die_with;

/// What can be sent over a channel: a value that serde can turn into bytes and back.
pub trait Message: Serialize + DeserializeOwned {}

impl<T: Serialize + DeserializeOwned> Message for T {}

/// Starts a child that listens, and sends it `ends`, its ends of the channels to its parent: a few bytes and two
/// descriptors.
///
/// # Errors
/// Those of starting it; `ConnectionAborted` when the child ends before it listens; `TimedOut` when it runs and
/// does not listen. In each case it is killed and reaped.
pub fn start<Ends: Message>(command: &mut Command, ends: Ends) -> io::Result<Guard> {
    let mut child = Guard::start(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let line = read_line(&mut child.stdout.take().expect("is a pipe"))?;
    if line.is_empty() {
        return Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the child ended before it listened"));
    }
    if !line.starts_with("/proc/") {
        return Err(io::Error::other(line)); // the child says why it cannot listen
    }
    // Neither waits for the child: the socket listens, and a first message that is so short fits in its empty buffer.
    IpcSender::connect(line)?.send(ends).map_err(into_io)?;
    Ok(child)
}

/// The child's side: listens, says where (or why it cannot), takes its ends of the channels from its parent, and answers
/// every question until the parent closes the channel.
pub(crate) fn serve<Question: Message, Answer: Message>(parent: Pid, answer: fn(Question) -> Answer) -> ExitCode {
    let (questions, answers): (IpcReceiver<Question>, IpcSender<Answer>) = match listen(parent) {
        Ok(ends) => ends,
        Err(error) => {
            println!("{error}");
            return ExitCode::FAILURE;
        }
    };
    while let Ok(question) = questions.recv() {
        if answers.send(answer(question)).is_err() {
            break;
        }
    }
    ExitCode::SUCCESS
}

/// The socket of an ipc-channel server has a name in the file system, and a process that dies before it has removed
/// that name leaves a file behind. So the child, not the parent, makes the socket, with all signals blocked. Once the
/// name is removed, it asks to be killed with its parent, and unblocks the signals.
///
/// # Errors
/// Those of making the socket, and of a parent that sends something else.
pub fn listen<Ends: Message>(parent: Pid) -> io::Result<Ends> {
    let signals = SigSet::all().thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
    let (server, name) = IpcOneShotServer::<Ends>::new()?;
    let socket = unlink(Path::new(&name))?;
    die_with(parent);
    signals.thread_set_mask()?;
    println!("/proc/{}/fd/{}", process::id(), socket.as_raw_fd());
    Ok(server.accept().map_err(into_io)?.1)
}

/// Removes the socket's file and its folder. The file that is returned still leads to the socket, by its name in
/// `/proc`, for as long as it is open.
fn unlink(socket: &Path) -> io::Result<File> {
    let open_socket = OpenOptions::new().read(true).custom_flags(libc::O_PATH).open(socket)?;
    fs::remove_file(socket)?;
    fs::remove_dir(socket.parent().expect("a file is in a folder"))?;
    Ok(open_socket)
}

/// An error of ipc-channel as one of the system: a closed channel is `ConnectionReset`.
pub(crate) fn into_io(error: IpcError) -> io::Error {
    match error {
        IpcError::Io(error) => error,
        IpcError::Disconnected => io::ErrorKind::ConnectionReset.into(),
        IpcError::SerializationError(error) => io::Error::new(io::ErrorKind::InvalidData, error),
    }
}
