//! Run `a | b`: two programs, joined by a pipe that ends when it should. (45 minutes)
//!
//! A shell's `a | b` looks simple, and `a.stdout.pipe(b.stdin)` in Node.js copies every byte through the parent. Here the
//! kernel's pipe leads from one program to the other. A pipe ends for its reader when the last copy of its write end is
//! closed, and for its writer when the last copy of its read end is closed. One forgotten copy, in this process or in one
//! of the programs, and the other program waits endlessly.
//!
//! - What `a` prints is what `b` reads. Both ends are returned, first that of `a`, then that of `b`.
//! - When `a` has ended, `b` sees the end of its input.
//! - When `b` ends early, `a` does not write into nowhere: it is killed by SIGPIPE (or gets EPIPE if it ignores that).
//! - Both programs run at the same time. `b` can answer a line before `a` has printed the next one.
//! - The standard output of `a` and the standard input of `b` are the same pipe: no byte goes through this process.
//! - Neither program has a descriptor that it would not have without the pipe. After the return this process has no
//!   descriptor more than before the call, and no child.
//! - If `b` cannot be started, `a` is killed and reaped, and the error is returned. If `a` cannot, `b` is not started.
//!
//! What to know: `Stdio::piped()`, `std::io::pipe()` and `nix::unistd::pipe()` all make pipes; only the first two are
//! closed in a program that is started (close-on-exec). `Command::stdin` and `Command::stdout` take anything that is
//! `Into<Stdio>`, such as a `ChildStdout` or a `PipeReader`. A `Command` keeps what it was given until it is dropped,
//! also after `spawn`. The lesson `stdio` of this chapter shows where a stream can lead; a pipe there leads to the parent.
//!
//! Check it with: cargo grade process-basics pipeline

use std::io;
use std::process::{Command, ExitStatus};

/// Runs both programs, the standard output of `a` being the standard input of `b`, and waits for both.
pub fn pipeline(a: Command, b: Command) -> io::Result<[ExitStatus; 2]> {
    todo!("run {a:?} | {b:?}")
}
