//! Typed messages to a child that runs another program: Node's `fork('child.js')` with its `process.send`.
//!
//! A message is any value that serde can turn into bytes and back; our own types can derive that.

use std::io::{self, Write};
use std::path::Path;
use std::process;

use ipc_channel::TryRecvError;
use ipc_channel::ipc::{self, IpcReceiver, IpcSender};

use crate::cli::claim;
use crate::support::deadline::{DEADLINE, timed_out};
use crate::support::end::End;
use crate::support::guard::Guard;
use crate::support::handshake::{self, Message, into_io};
use crate::support::own_program::{self, OWN_PROGRAM};

/// A child that answers questions, and a channel in each direction. Dropped, it is killed and reaped.
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
        let (questions, childs_questions) = ipc::channel::<Question>()?;
        let (childs_answers, answers) = ipc::channel::<Answer>()?;
        let child = handshake::start(&mut own_program::command(program, role), (childs_questions, childs_answers))?;
        Ok(Self { child, questions, answers })
    }

    /// The child's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a question and waits for the answer: one round trip. The deadline is for the answer; a question that is
    /// larger than the socket's buffer (about 200 KiB) has none while the child lives and does not read it.
    ///
    /// # Errors
    /// When the child is gone: `BrokenPipe` or `ConnectionReset` from sending, `ConnectionReset` from receiving.
    /// `TimedOut` when it does not answer within [`DEADLINE`].
    pub fn ask(&self, question: Question) -> io::Result<Answer> {
        self.questions.send(question).map_err(into_io)?;
        self.answers.try_recv_timeout(DEADLINE).map_err(|error| match error {
            TryRecvError::Empty => timed_out(),
            TryRecvError::IpcError(error) => into_io(error),
        })
    }

    /// Closes the channel, at which the child is expected to end, and waits until it has.
    ///
    /// # Errors
    /// Those of waiting; `TimedOut` when it has not ended within [`DEADLINE`]: then it is killed.
    pub fn finish(self) -> io::Result<End> {
        let Self { mut child, questions, .. } = self;
        drop(questions);
        child.end()
    }
}

/// A child that greets by name, and adds its own process id.
pub type Greeter = Peer<String, (String, u32)>;

/// The role of a [`Greeter`].
pub const GREETER: &str = "greeter";

/// What a greeter answers.
pub(crate) fn greet(name: String) -> (String, u32) {
    (format!("hello, {name}"), process::id())
}

/// Shows a question, its answer, and the end of the channel.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We, process {}, start a child with a channel and send it \"child\".", process::id())?;
    writeln!(out, "  Expected: another process answers, and ends when we close the channel.")?;
    let greeter = Greeter::start(Path::new(OWN_PROGRAM), GREETER)?;
    let pid = greeter.pid();
    let (text, sender) = greeter.ask("child".to_owned())?;
    writeln!(out, "    the answer       {text:?}, from process {sender}")?;
    claim(text == "hello, child" && sender == pid, format_args!("child {pid} answered {text:?} as {sender}"))?;
    let end = greeter.finish()?;
    writeln!(out, "    channel closed   the child {end}")?;
    claim(end == End::Exited(0), format_args!("the child {end}"))?;
    writeln!(out, "  Processes share no variables: a message is serialized, copied through the")?;
    writeln!(out, "  kernel, and deserialized. The document calls it inter-process communication.")?;
    Ok(())
}
