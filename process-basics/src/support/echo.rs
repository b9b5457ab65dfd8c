//! A child that sends back every byte that it gets: so one sees whether it still works.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, ExitCode, Stdio};
use std::time::Instant;

use super::deadline::{DEADLINE, wait_for_data};
use super::guard::Guard;
use super::own_program;

/// A child that echoes. Dropped, it is killed and reaped.
#[derive(Debug)]
pub struct Echo {
    child: Guard,
    to: ChildStdin,
    from: ChildStdout,
}

impl Echo {
    /// Starts the child.
    ///
    /// # Errors
    /// Those of starting `program`.
    pub fn start(program: &Path) -> io::Result<Self> {
        let mut command = own_program::command(program, "echo");
        let mut child = Guard::from(command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?);
        let to = child.stdin.take().expect("is a pipe");
        let from = child.stdout.take().expect("is a pipe");
        Ok(Self { child, to, from })
    }

    /// The child's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether a byte comes back within the [`DEADLINE`].
    pub fn answers(&mut self) -> bool {
        self.round_trip(b'?').is_ok_and(|back| back == b'?')
    }

    fn round_trip(&mut self, byte: u8) -> io::Result<u8> {
        self.to.write_all(&[byte])?;
        wait_for_data(&self.from, Instant::now() + DEADLINE)?;
        let mut back = [0];
        self.from.read_exact(&mut back)?;
        Ok(back[0])
    }
}

/// The child's side: echoes until its standard input is closed.
pub(crate) fn echo() -> ExitCode {
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    let mut byte = [0];
    while input.read_exact(&mut byte).is_ok() && output.write_all(&byte).and_then(|()| output.flush()).is_ok() {}
    ExitCode::SUCCESS
}
