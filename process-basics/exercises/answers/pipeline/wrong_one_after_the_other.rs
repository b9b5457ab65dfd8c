//! Fails: both run at the same time
//!
//! It runs the first program to its end, keeps what it printed, and starts the second one then.

use std::io::{self, Write};
use std::process::{Command, ExitStatus, Stdio};

/// Runs both programs, the standard output of `a` being the standard input of `b`, and waits for both.
pub fn pipeline(mut a: Command, mut b: Command) -> io::Result<[ExitStatus; 2]> {
    let output = a.stderr(Stdio::inherit()).output()?;
    let mut second = b.stdin(Stdio::piped()).spawn()?;
    let mut input = second.stdin.take().expect("a pipe");
    let _ = input.write_all(&output.stdout); // fails where the second program has ended early
    drop(input);
    Ok([output.status, second.wait()?])
}
