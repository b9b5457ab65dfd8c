//! Fails: if one cannot be started, the other one is not left behind
//!
//! A `?` at the second start returns early: the first program runs on, and nobody reaps it.

use std::io;
use std::process::{Command, ExitStatus, Stdio};

/// Runs both programs, the standard output of `a` being the standard input of `b`, and waits for both.
pub fn pipeline(mut a: Command, mut b: Command) -> io::Result<[ExitStatus; 2]> {
    let mut first = a.stdout(Stdio::piped()).spawn()?;
    b.stdin(first.stdout.take().expect("a pipe"));
    let mut second = b.spawn()?;
    drop(b);
    Ok([first.wait()?, second.wait()?])
}
