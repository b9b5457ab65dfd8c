//! The real Node.js as a partner: a script that answers questions, so that its arms take turns with ours.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use process_basics::child::Guard;
use process_basics::pidfd::wait_at_most;
use process_basics::spawn::End;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::measure::own_program::{NODE, command};

/// What every script begins with: `answer(async (question) => value)` reads a question a line and prints the answer.
const PRELUDE: &str = include_str!("prelude.js");

/// How long an answer may take, milliseconds: the longest that is asked for takes some seconds.
const LIMIT: Duration = Duration::from_secs(15);

/// How often it is looked at whether Node.js still runs: a child that it leaves behind could hold its output open.
const TURN: u8 = 200; // ms

/// A running Node.js. It is killed when this is dropped, or when the thread that started it ends.
#[derive(Debug)]
pub struct Node {
    questions: ChildStdin,
    answers: ChildStdout,
    buffer: Vec<u8>,
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
        let mut process = Guard::from(command.spawn()?);
        let questions = process.stdin.take().expect("stdin is a pipe");
        let answers = process.stdout.take().expect("stdout is a pipe");
        Ok(Self { questions, answers, buffer: Vec::new(), process })
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
        let late = || io::Error::new(io::ErrorKind::TimedOut, "node did not end when there were no more questions");
        wait_at_most(&mut process, LIMIT)?.ok_or_else(late)
    }

    /// Asks the script, and waits for its answer.
    ///
    /// # Errors
    /// When it has ended, or answers something else than a `T`; `TimedOut` when it does not answer.
    pub fn ask<T: DeserializeOwned>(&mut self, question: &Value) -> io::Result<T> {
        writeln!(self.questions, "{question}")?;
        let line = self.line(question)?;
        serde_json::from_slice(&line).map_err(|error| {
            let answer = String::from_utf8_lossy(&line);
            io::Error::other(format!("node answered {answer:?} to {question}: {error}"))
        })
    }

    /// The next whole line, within the limit.
    fn line(&mut self, question: &Value) -> io::Result<Vec<u8>> {
        let start = Instant::now();
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                return Ok(self.buffer.drain(..=end).collect());
            }
            let left = LIMIT.saturating_sub(start.elapsed());
            let mut awaited = [PollFd::new(self.answers.as_fd(), PollFlags::POLLIN)];
            let ready = poll(&mut awaited, PollTimeout::from(TURN))? > 0;
            if !ready && self.process.try_wait()?.is_some() {
                return Err(io::Error::other(format!("node ended when it was asked {question}")));
            }
            if !ready && !left.is_zero() {
                continue;
            }
            if !ready {
                let why = format!("node did not answer within {} s when it was asked {question}", LIMIT.as_secs());
                return Err(io::Error::new(io::ErrorKind::TimedOut, why));
            }
            let mut bytes = [0; 4096];
            match self.answers.read(&mut bytes)? {
                0 => return Err(io::Error::other(format!("node ended when it was asked {question}"))),
                length => self.buffer.extend(&bytes[..length]),
            }
        }
    }
}
