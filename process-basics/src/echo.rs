//! A child that sends every message back over a pipe: bytes, the oldest way for two processes to talk.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, ExitCode, Stdio};

use crate::child::{self, Guard};

/// A child that echoes messages of one size. Dropped, it is killed and reaped.
#[derive(Debug)]
pub struct Echo {
    child: Guard,
    to: ChildStdin,
    from: ChildStdout,
}

impl Echo {
    /// Starts a child that echoes messages of `size` bytes each.
    ///
    /// # Errors
    /// Those of starting `program`.
    pub fn start(program: &Path, size: usize) -> io::Result<Self> {
        let mut command = child::command(program, "echo");
        let mut child =
            Guard::from(command.arg(size.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?);
        let (to, from) = (child.stdin.take().expect("is a pipe"), child.stdout.take().expect("is a pipe"));
        Ok(Self { child, to, from })
    }

    /// The child's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends `message` and reads it back into the same place: one round trip.
    ///
    /// # Errors
    /// `BrokenPipe` or `UnexpectedEof` when the child is gone: its ends of the pipes are closed, so this never hangs.
    pub fn round_trip(&mut self, message: &mut [u8]) -> io::Result<()> {
        self.to.write_all(message)?;
        self.from.read_exact(message)
    }

    /// Whether a message of one byte comes back.
    pub fn answers(&mut self) -> bool {
        let mut byte = *b"?";
        self.round_trip(&mut byte).is_ok() && byte == *b"?"
    }
}

/// The child's side: reads a whole message, then writes it, until its standard input is closed.
pub(crate) fn echo(size: &str) -> ExitCode {
    // Without the buffers of stdin and stdout: these would copy every message once more.
    let copies = (io::stdin().as_fd().try_clone_to_owned(), io::stdout().as_fd().try_clone_to_owned());
    let (Ok(size), (Ok(input), Ok(output))) = (size.parse(), copies) else { return ExitCode::FAILURE };
    let (mut input, mut output) = (File::from(input), File::from(output));
    let mut message = vec![0; size];
    while input.read_exact(&mut message).is_ok() && output.write_all(&message).is_ok() {}
    ExitCode::SUCCESS
}
