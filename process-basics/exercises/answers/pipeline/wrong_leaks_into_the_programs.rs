//! Fails: neither program has a descriptor too many
//!
//! It makes the pipe without close-on-exec: the first program inherits the read end, so it never gets SIGPIPE.

use std::io;
use std::process::{Command, ExitStatus};

use nix::unistd::pipe;

/// Runs both programs, the standard output of `a` being the standard input of `b`, and waits for both.
pub fn pipeline(mut a: Command, mut b: Command) -> io::Result<[ExitStatus; 2]> {
    let (reader, writer) = pipe()?;
    let mut first = a.stdout(writer).spawn()?;
    drop(a); // this process's write end, before the second program can inherit it
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
