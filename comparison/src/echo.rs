//! A child that sends back every byte that it gets: so one sees whether it still works.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, ExitCode, Stdio};

use nix::unistd::Pid;
use process_basics::fork::die_with;
use process_basics::support::deadline::read_line;
use process_basics::support::guard::Guard;

use crate::measure::own_program::command;

/// The role of the child.
pub(crate) const ROLE: &str = "comparison/echo";

/// A child that echoes. Dropped, it is killed and reaped.
#[derive(Debug)]
pub(crate) struct Echo {
    child: Guard,
    to: ChildStdin,
    from: ChildStdout,
}

impl Echo {
    /// Starts the child.
    ///
    /// # Errors
    /// Those of starting `program`.
    pub(crate) fn start(program: &Path) -> io::Result<Self> {
        let mut child = Guard::from(command(program, ROLE).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?);
        let to = child.stdin.take().expect("is a pipe");
        let from = child.stdout.take().expect("is a pipe");
        Ok(Self { child, to, from })
    }

    /// The child's process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether a line comes back in time.
    pub(crate) fn answers(&mut self) -> bool {
        self.to.write_all(b"?\n").is_ok() && read_line(&mut self.from).is_ok_and(|back| back == "?")
    }
}

/// The child's side: echoes until its standard input is closed.
pub(crate) fn serve(parent: Pid) -> ExitCode {
    die_with(parent);
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    let mut byte = [0];
    while input.read_exact(&mut byte).is_ok() && output.write_all(&byte).and_then(|()| output.flush()).is_ok() {}
    ExitCode::SUCCESS
}
