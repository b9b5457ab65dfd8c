//! The real Node.js as a partner: a script that answers questions, so that its arms take turns with ours.

use std::io::{self, Write};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Stdio};

use process_basics::spawn::End;
use process_basics::support::deadline::read_line;
use process_basics::support::guard::Guard;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::measure::own_program::{NODE, command};

/// What every script begins with: `answer(async (question) => value)` reads a question a line and prints the answer.
const PRELUDE: &str = include_str!("prelude.js");

/// A running Node.js. It is killed when this is dropped, or when the thread that started it ends.
#[derive(Debug)]
pub struct Node {
    questions: ChildStdin,
    answers: ChildStdout,
    process: Guard,
}

impl Node {
    /// Starts Node.js with a script of ours; `program` is this executable, which becomes Node.js.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(program: &Path, script: &str) -> io::Result<Self> {
        let mut command = command(program, NODE);
        command.args(["-e", &format!("{PRELUDE}\n{script}")]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Guard::start(&mut command)?;
        let questions = process.stdin.take().expect("stdin is a pipe");
        let answers = process.stdout.take().expect("stdout is a pipe");
        Ok(Self { questions, answers, process })
    }

    /// Its process id: Node.js replaces the program that started it.
    pub fn pid(&self) -> i32 {
        self.process.id() as i32
    }

    /// Asks no more, and waits for its end.
    ///
    /// # Errors
    /// `TimedOut` when it does not end; then it is killed.
    pub fn end(self) -> io::Result<End> {
        let Self { questions, mut process, .. } = self;
        drop(questions);
        process.end()
    }

    /// Asks the script, and waits for its answer.
    ///
    /// # Errors
    /// When it has ended, or answers something else than a `T`; `TimedOut` when it does not answer.
    pub fn ask<T: DeserializeOwned>(&mut self, question: &Value) -> io::Result<T> {
        writeln!(self.questions, "{question}")?;
        let late = |error: io::Error| {
            io::Error::new(error.kind(), format!("node did not answer when it was asked {question}: {error}"))
        };
        let answer = read_line(&mut self.answers).map_err(late)?;
        if answer.is_empty() {
            return Err(io::Error::other(format!("node ended when it was asked {question}")));
        }
        let unexpected = |error| io::Error::other(format!("node answered {answer:?} to {question}: {error}"));
        serde_json::from_str(&answer).map_err(unexpected)
    }
}
