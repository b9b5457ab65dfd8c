//! Typed messages to a child with a program of its own: Node's `fork('child.js')` with its `process.send`.
//!
//! A message is any value that serde can take apart and put together; types of one's own derive that.

use std::io::{self, Write};
use std::path::Path;
use std::process::{self, ExitCode};

use anyhow::{Context, ensure};
use ipc_channel::ipc::{self, IpcReceiver, IpcSender};
use nix::unistd::Pid;

use crate::child::Guard;
use crate::handshake::{self, Message, into_io};
use crate::spawn::End;

/// A child that answers questions, and a channel each way. Dropped, it is killed and reaped.
#[derive(Debug)]
pub struct Peer<Question, Answer> {
    child: Guard,
    questions: IpcSender<Question>,
    answers: IpcReceiver<Answer>,
}

impl<Question: Message, Answer: Message> Peer<Question, Answer> {
    /// Starts `program` as the child, in a `role` that answers such questions.
    ///
    /// # Errors
    /// Those of [`handshake::start`].
    pub fn start(program: &Path, role: &str) -> io::Result<Self> {
        let ((questions, inbox), (outbox, answers)) = (ipc::channel::<Question>()?, ipc::channel::<Answer>()?);
        Ok(Self { child: handshake::start(program, role, (inbox, outbox))?, questions, answers })
    }

    /// The child's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a question and waits for the answer: one round trip.
    ///
    /// # Errors
    /// When the child is gone: `BrokenPipe` or `ConnectionReset` from sending, `ConnectionReset` from receiving.
    pub fn ask(&self, question: Question) -> io::Result<Answer> {
        self.questions.send(question).map_err(into_io)?;
        self.answers.recv().map_err(into_io)
    }

    /// Closes the channel, which tells the child to end, and waits until it has.
    ///
    /// # Errors
    /// Those of `waitpid(2)`.
    pub fn finish(self) -> io::Result<End> {
        let Self { mut child, questions, .. } = self;
        drop(questions);
        Ok(child.wait()?.into())
    }
}

/// The child's side: answers until the parent closes the channel.
pub(crate) fn serve<Question: Message, Answer: Message>(parent: Pid, answer: fn(Question) -> Answer) -> ExitCode {
    handshake::answer(parent, |(questions, answers): (IpcReceiver<Question>, IpcSender<Answer>)| {
        while let Ok(question) = questions.recv() {
            if answers.send(answer(question)).is_err() {
                break;
            }
        }
    })
}

/// A child that greets by name, and says who greets: its process id.
pub type Greeter = Peer<String, (String, u32)>;

/// The role of a [`Greeter`].
pub const GREETER: &str = "greeter";

/// What a greeter answers.
pub(crate) fn greet(name: String) -> (String, u32) {
    (format!("hello, {name}"), process::id())
}

/// Shows a conversation, its end, and what a dead child answers.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    let greeter = Greeter::start(program, GREETER)?;
    let pid = greeter.pid();
    writeln!(out, "  parent {} started child {pid}: a fresh program", process::id())?;
    writeln!(out, "  parent -> child  \"child\"")?;
    let (text, by) = greeter.ask("child".to_owned())?;
    writeln!(out, "  child -> parent  {text:?} from {by}")?;
    ensure!(text == "hello, child" && by == pid, "the child {pid} answered {text:?} as {by}");

    let end = greeter.finish()?;
    writeln!(out, "  parent closed the channel: the child {end}")?;
    ensure!(end == End::Exited(0), "the child {end}");

    let mut dead = Greeter::start(program, GREETER)?;
    dead.child.kill()?;
    dead.child.wait()?;
    let error = dead.ask("anybody".to_owned()).err().context("a dead child answered")?;
    writeln!(out, "  a killed child is asked: {error}")?;
    writeln!(out, "  Messages are copied through the kernel: a value here, bytes")?;
    writeln!(out, "  on the way, a value again over there.")?;
    Ok(())
}
