//! Typed messages to a child with a program of its own: Node's `fork('child.js')` with its `process.send`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{self, Child, ChildStdout, ExitCode, Stdio};
use std::time::Duration;

use anyhow::ensure;
use ipc_channel::IpcError;
use ipc_channel::ipc::{self, IpcOneShotServer, IpcReceiver, IpcSender};
use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use serde::{Deserialize, Serialize};

use crate::child;
use crate::spawn::End;

/// How long a child may take from its start to its first message.
pub const HANDSHAKE: Duration = Duration::from_secs(5);

/// What the parent says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Greet somebody.
    Greet(String),
    /// Send these bytes back. (Without `serde_bytes`, they would be serialized one by one.)
    Echo(#[serde(with = "serde_bytes")] Vec<u8>),
}

/// What the child answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// To [`Request::Greet`]: the greeting, and who says it.
    Greeting(String, u32),
    /// To [`Request::Echo`].
    Echo(#[serde(with = "serde_bytes")] Vec<u8>),
}

/// The child's ends of the two channels, which it sends to the parent as its first message.
type Ends = (IpcSender<Request>, IpcReceiver<Reply>);

/// A child that answers requests. Dropped, it is killed and reaped.
#[derive(Debug)]
pub struct Greeter {
    child: Child,
    requests: Option<IpcSender<Request>>,
    replies: IpcReceiver<Reply>,
}

impl Greeter {
    /// Starts the child and waits for its first message.
    ///
    /// # Errors
    /// Those of starting `program`; `ConnectionAborted` when it ends before its first message, `TimedOut` when none
    /// came within [`HANDSHAKE`].
    pub fn start(program: &Path) -> io::Result<Self> {
        let (server, name) = IpcOneShotServer::<Ends>::new()?;
        let door = Door::open(&name)?;
        let mut command = child::command(program, "greeter");
        let mut child = command.arg(door.address()).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let ready = child.stdout.take().expect("its stdout is a pipe");
        // From here on a child that fails us must not be left behind.
        let ends = wait_until_ready(ready).and_then(|()| server.accept().map_err(into_io));
        match ends {
            Ok((_, (requests, replies))) => Ok(Self { child, requests: Some(requests), replies }),
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(error)
            }
        }
    }

    /// The child's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a request and waits for its reply: one round trip.
    ///
    /// # Errors
    /// When the child is gone: `BrokenPipe` or `ConnectionReset` from sending, `ConnectionReset` from receiving.
    pub fn ask(&self, request: Request) -> io::Result<Reply> {
        let requests = self.requests.as_ref().expect("open until finish");
        requests.send(request).map_err(into_io)?;
        self.replies.recv().map_err(into_io)
    }

    /// Closes the channel, which tells the child to end, and waits until it has.
    ///
    /// # Errors
    /// Those of `waitpid(2)`.
    pub fn finish(mut self) -> io::Result<End> {
        self.requests = None;
        Ok(self.child.wait()?.into())
    }
}

impl Drop for Greeter {
    fn drop(&mut self) {
        let _ = self.child.kill(); // fails when it was waited for already
        let _ = self.child.wait();
    }
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
    let timeout = PollTimeout::try_from(HANDSHAKE).expect("a few seconds fit");
    let mut fds = [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
    let events = loop {
        match poll(&mut fds, timeout) {
            Err(Errno::EINTR) => continue,
            events => break events?,
        }
    };
    if events == 0 {
        return Err(io::Error::new(io::ErrorKind::TimedOut, format!("no message from the child within {HANDSHAKE:?}")));
    }
    if pipe.read(&mut [0])? == 0 {
        let why = "the child ended before its first message";
        return Err(io::Error::new(io::ErrorKind::ConnectionAborted, why));
    }
    Ok(())
}

/// The child's side: answers until the parent closes the channel.
pub(crate) fn greeter(address: &str) -> ExitCode {
    match serve(address) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("greeter: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(address: &str) -> io::Result<()> {
    let (request_sender, requests) = ipc::channel::<Request>()?;
    let (replies, reply_receiver) = ipc::channel::<Reply>()?;
    let parent = IpcSender::<Ends>::connect(address.to_owned())?;
    parent.send((request_sender, reply_receiver)).map_err(into_io)?;
    println!("ready");
    loop {
        let reply = match requests.recv() {
            Ok(Request::Greet(name)) => Reply::Greeting(format!("hello, {name}"), process::id()),
            Ok(Request::Echo(bytes)) => Reply::Echo(bytes),
            Err(IpcError::Disconnected) => return Ok(()),
            Err(error) => return Err(into_io(error)),
        };
        replies.send(reply).map_err(into_io)?;
    }
}

fn into_io(error: IpcError) -> io::Error {
    match error {
        IpcError::Io(error) => error,
        IpcError::Disconnected => {
            io::Error::new(io::ErrorKind::ConnectionReset, "the other process closed the channel")
        }
        IpcError::SerializationError(error) => io::Error::new(io::ErrorKind::InvalidData, error.to_string()),
    }
}

/// Shows a conversation, its end, and what a send to a dead child gives.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    let greeter = Greeter::start(program)?;
    let pid = greeter.pid();
    writeln!(out, "  parent {} started child {pid}: a fresh program", process::id())?;

    let request = Request::Greet("child".to_owned());
    writeln!(out, "  parent -> child  {request:?}")?;
    let reply = greeter.ask(request)?;
    writeln!(out, "  child -> parent  {reply:?}")?;
    ensure!(reply == Reply::Greeting("hello, child".to_owned(), pid), "the child answered {reply:?}");

    let end = greeter.finish()?;
    writeln!(out, "  parent closed the channel: the child {end}")?;
    ensure!(end == End::Exited(0), "the child {end}");

    let mut dead = Greeter::start(program)?;
    dead.child.kill()?;
    dead.child.wait()?;
    let error = dead.ask(Request::Greet("anybody".to_owned())).err();
    let error = error.ok_or_else(|| anyhow::anyhow!("a dead child answered"))?;
    writeln!(out, "  a killed child is asked: {error}")?;
    writeln!(out, "  Messages are copied through the kernel: a value here, bytes")?;
    writeln!(out, "  on the way, a value again over there.")?;
    Ok(())
}
