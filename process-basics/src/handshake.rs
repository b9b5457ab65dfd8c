//! How a child with a program of its own and its parent come by channels: the child listens, the parent calls.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{self, ChildStdout, ExitCode, Stdio};
use std::time::Duration;

use ipc_channel::IpcError;
use ipc_channel::ipc::{IpcOneShotServer, IpcSender};
use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::SigSet;
use nix::unistd::Pid;
use serde::{Serialize, de::DeserializeOwned};

use crate::child::{self, Guard};
use crate::fork::die_with;

/// How long a child may take from its start until it listens.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Starts `program` as a child in `role` and sends it `ends`, the child's ends of the channels to its parent.
///
/// # Errors
/// Those of starting `program`; `ConnectionAborted` when the child ends before it listens, `TimedOut` when it does not
/// within [`PATIENCE`]. Then the child has been killed and reaped.
pub fn start<Ends: Serialize>(program: &Path, role: &str, ends: Ends) -> io::Result<Guard> {
    let mut command = child::command(program, role);
    let mut child = Guard::from(command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?);
    let address = read_address(child.stdout.take().expect("its stdout is a pipe"))?;
    call(address, ends)?;
    Ok(child)
}

fn call<Ends: Serialize>(address: String, ends: Ends) -> io::Result<()> {
    IpcSender::connect(address)?.send(ends).map_err(into_io)
}

/// The line that the child prints once it listens, which says where, or once it cannot, which says why.
fn read_address(mut pipe: ChildStdout) -> io::Result<String> {
    let timeout = PollTimeout::try_from(PATIENCE).expect("a few seconds fit");
    let mut fds = [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
    let events = loop {
        match poll(&mut fds, timeout) {
            Err(Errno::EINTR) => continue,
            events => break events?,
        }
    };
    if events == 0 {
        return Err(io::Error::new(io::ErrorKind::TimedOut, format!("the child did not listen within {PATIENCE:?}")));
    }
    let mut line = [0; 512]; // written at once, so read at once (pipe(7))
    let length = pipe.read(&mut line)?;
    let line = String::from_utf8_lossy(&line[..length]);
    match line.strip_suffix('\n') {
        Some(address) if address.starts_with("/proc/") => Ok(address.to_owned()),
        Some(why) => Err(io::Error::other(why)),
        None => Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the child ended before it listened")),
    }
}

/// The child's side: listens, takes its ends from the parent, and serves until the parent is gone.
pub(crate) fn answer<Ends>(parent: Pid, serve: fn(Ends) -> io::Result<()>) -> ExitCode
where
    Ends: Serialize + DeserializeOwned,
{
    let ends = match listen(parent) {
        Ok(ends) => ends,
        Err(error) => {
            println!("{error}");
            return ExitCode::FAILURE;
        }
    };
    match serve(ends) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("child of {parent}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// An ipc-channel server has a name in the file system, and who dies while it has leaves the file behind. So the
/// child, not the parent, makes it; and nothing ends this child before the name is gone: only then it ties its life
/// to its parent's, and lets signals in.
fn listen<Ends: Serialize + DeserializeOwned>(parent: Pid) -> io::Result<Ends> {
    check_temporary_folder()?;
    let signals = SigSet::all().thread_swap_mask(nix::sys::signal::SigmaskHow::SIG_BLOCK)?;
    let (server, name) = IpcOneShotServer::<Ends>::new()?;
    let door = unlink(Path::new(&name))?;
    die_with(parent);
    signals.thread_set_mask()?;
    println!("/proc/{}/fd/{}", process::id(), door.as_raw_fd());
    Ok(server.accept().map_err(into_io)?.1)
}

/// `IpcOneShotServer::new` panics where it cannot make a file, and cuts a path that is too long for a socket's address
/// (108 bytes, unix(7)): so both are looked at first. The file that is tried has no name.
fn check_temporary_folder() -> io::Result<()> {
    const LONGEST: usize = 107 - "/.tmpXXXXXX/socket".len();
    let folder = env::temp_dir();
    let tried = OpenOptions::new().write(true).custom_flags(libc::O_TMPFILE).open(&folder);
    let why = match tried.err().filter(|why| why.raw_os_error() != Some(libc::EOPNOTSUPP)) {
        Some(why) => why.to_string(),
        None if folder.as_os_str().len() > LONGEST => format!("its path has more than {LONGEST} bytes"),
        None => return Ok(()),
    };
    let remedy = "set TMPDIR to a folder with a short path that may be written to";
    Err(io::Error::other(format!("no socket can be made in {}: {why}; {remedy}", folder.display())))
}

/// Removes the socket's file and its folder. The file that is returned still leads to the socket, by its name in
/// `/proc`, for as long as it is open.
fn unlink(socket: &Path) -> io::Result<File> {
    let door = OpenOptions::new().read(true).custom_flags(libc::O_PATH).open(socket)?;
    fs::remove_file(socket)?;
    if let Some(folder) = socket.parent() {
        fs::remove_dir(folder)?;
    }
    Ok(door)
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
