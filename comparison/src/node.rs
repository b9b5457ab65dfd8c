//! The real Node.js as a partner: a script that answers questions, so that its arms take turns with ours.

use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Stdio};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use process_basics::spawn::End;
use process_basics::support::guard::Guard;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::child;

/// What every script begins with: `answer(async (question) => value)` reads a question a line and prints the answer.
const PRELUDE: &str = include_str!("node/prelude.js");

/// How long an answer may take, milliseconds: the longest that is asked for takes some seconds.
const PATIENCE: u16 = 20_000;

/// A running Node.js. It is killed when this is dropped, or when the thread that started it ends.
#[derive(Debug)]
pub struct Node {
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    process: Guard,
}

impl Node {
    /// Starts Node.js with a script of ours; `program` is this executable, which becomes Node.js.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(program: &Path, script: &str) -> io::Result<Self> {
        Self::start_with(program, script, Stdio::inherit())
    }

    /// The same, with something else as its descriptor 2.
    ///
    /// # Errors
    /// As [`Node::start`].
    pub fn start_with(program: &Path, script: &str, stderr: Stdio) -> io::Result<Self> {
        let mut command = child::node(program, &["-e", &format!("{PRELUDE}\n{script}")]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(stderr);
        let mut process = Guard::from(command.spawn()?);
        let questions = process.stdin.take().expect("stdin is a pipe");
        let answers = BufReader::new(process.stdout.take().expect("stdout is a pipe"));
        Ok(Self { questions, answers, process })
    }

    /// Its process id: Node.js replaces the program that started it.
    pub fn pid(&self) -> i32 {
        self.process.id() as i32
    }

    /// Asks no more, and waits for its end.
    ///
    /// # Errors
    /// Those of waiting.
    pub fn end(self) -> io::Result<End> {
        let Self { questions, mut process, .. } = self;
        drop(questions);
        Ok(process.wait()?.into())
    }

    /// Asks the script, and waits for its answer.
    ///
    /// # Errors
    /// When it has ended, or answers something else than a `T`; `TimedOut` when it does not answer for 20 seconds.
    pub fn ask<T: DeserializeOwned>(&mut self, question: &Value) -> io::Result<T> {
        writeln!(self.questions, "{question}")?;
        let mut awaited = [PollFd::new(self.answers.get_ref().as_fd(), PollFlags::POLLIN)];
        if self.answers.buffer().is_empty() && poll(&mut awaited, PollTimeout::from(PATIENCE))? == 0 {
            let why = format!("node did not answer within {} s when it was asked {question}", PATIENCE / 1000);
            return Err(io::Error::new(io::ErrorKind::TimedOut, why));
        }
        let mut answer = String::new();
        if self.answers.read_line(&mut answer)? == 0 {
            return Err(io::Error::other(format!("node ended when it was asked {question}")));
        }
        serde_json::from_str(&answer)
            .map_err(|error| io::Error::other(format!("node answered {answer:?} to {question}: {error}")))
    }
}
