//! How a child with a program of its own and its parent come by channels: the child listens, the parent calls.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader};
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{self, ExitCode, Stdio};

use ipc_channel::IpcError;
use ipc_channel::ipc::{IpcOneShotServer, IpcSender};
use nix::libc;
use nix::sys::signal::{SigSet, SigmaskHow};
use nix::unistd::Pid;
use serde::{Serialize, de::DeserializeOwned};

use crate::child::{self, Guard};
use crate::fork::die_with;

/// What can be sent over a channel: a value that serde can take apart and put together.
pub trait Message: Serialize + DeserializeOwned {}

impl<T: Serialize + DeserializeOwned> Message for T {}

/// Starts `program` as a child in `role` and sends it `ends`, the child's ends of the channels to its parent.
///
/// # Errors
/// Those of starting `program`; `ConnectionAborted` when the child ends before it listens. Then it has been reaped.
pub fn start<Ends: Message>(program: &Path, role: &str, ends: Ends) -> io::Result<Guard> {
    let mut command = child::command(program, role);
    let mut child = Guard::from(command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?);
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("is a pipe")).read_line(&mut line)?;
    match line.trim_end() {
        address if address.starts_with("/proc/") => {
            IpcSender::connect(address.to_owned())?.send(ends).map_err(into_io)?;
            Ok(child)
        }
        "" => Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the child ended before it listened")),
        why => Err(io::Error::other(why)),
    }
}

/// The child's side: listens, says where (or why it cannot), takes its ends from the parent, and serves.
pub(crate) fn answer<Ends: Message>(parent: Pid, serve: impl FnOnce(Ends)) -> ExitCode {
    if let Err(error) = listen(parent).map(serve) {
        println!("{error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// An ipc-channel server has a name in the file system, and who dies while it has leaves the file behind. So the
/// child, not the parent, makes it; and nothing ends this child before the name is gone: only then it ties its life
/// to its parent's, and lets signals in.
fn listen<Ends: Message>(parent: Pid) -> io::Result<Ends> {
    check_temporary_folder()?;
    let signals = SigSet::all().thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
    let (server, name) = IpcOneShotServer::<Ends>::new()?;
    let door = unlink(Path::new(&name))?;
    die_with(parent);
    signals.thread_set_mask()?;
    println!("/proc/{}/fd/{}", process::id(), door.as_raw_fd());
    Ok(server.accept().map_err(into_io)?.1)
}

/// `IpcOneShotServer::new` panics where it cannot make a file, and cuts a path that is too long for a socket's address
/// (108 bytes, unix(7)): so both are tried first. The file that is made has no name.
fn check_temporary_folder() -> io::Result<()> {
    const LONGEST: usize = 107 - "/.tmpXXXXXX/socket".len();
    let folder = env::temp_dir();
    let made = OpenOptions::new().write(true).custom_flags(libc::O_TMPFILE).open(&folder);
    let refused = made.is_err_and(|why| why.raw_os_error() != Some(libc::EOPNOTSUPP)); // not every file system can
    if refused || folder.as_os_str().len() > LONGEST {
        let folder = folder.display();
        let why = format!("no socket can be made in {folder}: set TMPDIR to a short path that may be written to");
        return Err(io::Error::other(why));
    }
    Ok(())
}

/// Removes the socket's file and its folder. The file that is returned still leads to the socket, by its name in
/// `/proc`, for as long as it is open.
fn unlink(socket: &Path) -> io::Result<File> {
    let door = OpenOptions::new().read(true).custom_flags(libc::O_PATH).open(socket)?;
    fs::remove_file(socket)?;
    fs::remove_dir(socket.parent().expect("a file is in a folder"))?;
    Ok(door)
}

/// An error of ipc-channel as one of the system: a closed channel is `ConnectionReset`.
pub(crate) fn into_io(error: IpcError) -> io::Error {
    match error {
        IpcError::Io(error) => error,
        IpcError::Disconnected => io::ErrorKind::ConnectionReset.into(),
        IpcError::SerializationError(error) => io::Error::new(io::ErrorKind::InvalidData, error),
    }
}
