//! Fails: the second program sees the end of its input when the first one has ended
//!
//! The Command of the first program lives until the return, and with it the write end in this process.

use std::io;
use std::process::{Command, ExitStatus};

/// Runs both programs, the standard output of `a` being the standard input of `b`, and waits for both.
pub fn pipeline(mut a: Command, mut b: Command) -> io::Result<[ExitStatus; 2]> {
    let (reader, writer) = io::pipe()?;
    let mut first = a.stdout(writer).spawn()?;
    let second = b.stdin(reader).spawn();
    drop(b);
    let mut second = match second {
        Ok(second) => second,
        Err(error) => {
            first.kill()?;
            first.wait()?;
            return Err(error);
        }
    };
    Ok([first.wait()?, second.wait()?])
}
