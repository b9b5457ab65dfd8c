//! Gives the second program the read end of the first one's standard output, and keeps nothing.

use std::io;
use std::process::{Command, ExitStatus, Stdio};

/// Runs both programs, the standard output of `a` being the standard input of `b`, and waits for both.
pub fn pipeline(mut a: Command, mut b: Command) -> io::Result<[ExitStatus; 2]> {
    let mut first = a.stdout(Stdio::piped()).spawn()?; // the write end is now the first program's alone
    b.stdin(first.stdout.take().expect("a pipe"));
    let second = b.spawn();
    drop(b); // and with it this process's read end
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
