//! Fails: the first program gets SIGPIPE when the second one ends early
//!
//! The Command of the second program lives until the return, and with it the read end in this process.

use std::io;
use std::process::{Command, ExitStatus, Stdio};

/// Runs both programs, the standard output of `a` being the standard input of `b`, and waits for both.
pub fn pipeline(mut a: Command, mut b: Command) -> io::Result<[ExitStatus; 2]> {
    let mut first = a.stdout(Stdio::piped()).spawn()?;
    b.stdin(first.stdout.take().expect("a pipe"));
    let second = b.spawn();
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
