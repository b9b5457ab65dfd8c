//! The real Node.js, as a process that measures itself when it is asked.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

pub(crate) struct Node {
    process: Child,
    ask: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Node {
    pub(crate) fn start() -> io::Result<Self> {
        let mut command = Command::new("node");
        command.args(["-e", include_str!("node.js")]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let ask = process.stdin.take();
        let answers = process.stdout.take();
        let answers = BufReader::new(answers.ok_or(io::ErrorKind::BrokenPipe)?);
        Ok(Self { process, ask, answers })
    }

    /// Has it do `what`, a word of `node.js`, and returns the number that it answers.
    pub(crate) fn ask(&mut self, what: &str) -> anyhow::Result<f64> {
        let ask = self.ask.as_mut().ok_or(io::Error::from(io::ErrorKind::BrokenPipe))?;
        writeln!(ask, "{what}")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(line.trim().parse()?)
    }
}

impl Drop for Node {
    /// It ends with its standard input.
    fn drop(&mut self) {
        self.ask = None;
        let _ = self.process.wait();
    }
}
