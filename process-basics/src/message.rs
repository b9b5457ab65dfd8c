//! Typed messages to a child with a program of its own: Node's `fork('child.js')` with its `process.send`.
//!
//! A message is any value that serde can take apart and put together; types of one's own derive that.

use std::io::{self, Write};
use std::path::Path;
use std::process;

use anyhow::{Context, ensure};
use ipc_channel::IpcError;
use ipc_channel::ipc::{self, IpcReceiver, IpcSender};

use crate::child::Guard;
use crate::handshake::{self, into_io};
use crate::spawn::End;

/// What the child answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// What it says.
    pub text: String,
    /// Who says it: the child's process id.
    pub pid: u32,
}

/// The child's ends: names to greet come in, a text and a pid go out for each.
type Ends = (IpcReceiver<String>, IpcSender<(String, u32)>);

/// A child that greets. Dropped, it is killed and reaped.
#[derive(Debug)]
pub struct Greeter {
    child: Guard,
    names: Option<IpcSender<String>>,
    greetings: IpcReceiver<(String, u32)>,
}

impl Greeter {
    /// Starts the child.
    ///
    /// # Errors
    /// Those of [`handshake::start`].
    pub fn start(program: &Path) -> io::Result<Self> {
        let (names, names_out) = ipc::channel()?;
        let (greetings_in, greetings) = ipc::channel()?;
        let child = handshake::start::<Ends>(program, "greeter", (names_out, greetings_in))?;
        Ok(Self { child, names: Some(names), greetings })
    }

    /// The child's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a name and waits for the greeting: one round trip.
    ///
    /// # Errors
    /// When the child is gone: `BrokenPipe` or `ConnectionReset` from sending, `ConnectionReset` from receiving.
    pub fn greet(&self, name: &str) -> io::Result<Greeting> {
        let names = self.names.as_ref().expect("open until finish");
        names.send(name.to_owned()).map_err(into_io)?;
        let (text, pid) = self.greetings.recv().map_err(into_io)?;
        Ok(Greeting { text, pid })
    }

    /// Closes the channel, which tells the child to end, and waits until it has.
    ///
    /// # Errors
    /// Those of `waitpid(2)`.
    pub fn finish(mut self) -> io::Result<End> {
        self.names = None;
        Ok(self.child.wait()?.into())
    }
}

/// The child's side: greets until the parent closes the channel.
pub(crate) fn serve((names, greetings): Ends) -> io::Result<()> {
    loop {
        match names.recv() {
            Ok(name) => greetings.send((format!("hello, {name}"), process::id())).map_err(into_io)?,
            Err(IpcError::Disconnected) => return Ok(()),
            Err(error) => return Err(into_io(error)),
        }
    }
}

/// Shows a conversation, its end, and what a dead child answers.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    let greeter = Greeter::start(program)?;
    let pid = greeter.pid();
    writeln!(out, "  parent {} started child {pid}: a fresh program", process::id())?;
    writeln!(out, "  parent -> child  \"child\"")?;
    let greeting = greeter.greet("child")?;
    writeln!(out, "  child -> parent  {:?} from {}", greeting.text, greeting.pid)?;
    ensure!(greeting == Greeting { text: "hello, child".to_owned(), pid }, "the child answered {greeting:?}");

    let end = greeter.finish()?;
    writeln!(out, "  parent closed the channel: the child {end}")?;
    ensure!(end == End::Exited(0), "the child {end}");

    let mut dead = Greeter::start(program)?;
    dead.child.kill()?;
    dead.child.wait()?;
    let error = dead.greet("anybody").err().context("a dead child answered")?;
    writeln!(out, "  a killed child is asked: {error}")?;
    writeln!(out, "  Messages are copied through the kernel: a value here, bytes")?;
    writeln!(out, "  on the way, a value again over there.")?;
    Ok(())
}
