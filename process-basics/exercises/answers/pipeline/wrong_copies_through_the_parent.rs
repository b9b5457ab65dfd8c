//! Fails: no byte goes through this process
//!
//! The result is right, but there are two pipes, and this process copies from one to the other,
//! as `a.stdout.pipe(b.stdin)` does.

use std::io;
use std::process::{Command, ExitStatus, Stdio};

/// Runs both programs, the standard output of `a` being the standard input of `b`, and waits for both.
pub fn pipeline(mut a: Command, mut b: Command) -> io::Result<[ExitStatus; 2]> {
    let mut first = a.stdout(Stdio::piped()).spawn()?;
    let mut output = first.stdout.take().expect("a pipe");
    let second = b.stdin(Stdio::piped()).spawn();
    let mut second = match second {
        Ok(second) => second,
        Err(error) => {
            first.kill()?;
            first.wait()?;
            return Err(error);
        }
    };
    let mut input = second.stdin.take().expect("a pipe");
    let _ = io::copy(&mut output, &mut input); // fails where the second program has ended early
    drop(input);
    drop(output);
    Ok([first.wait()?, second.wait()?])
}
