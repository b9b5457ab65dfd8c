//! Capture both streams of a program, but not for longer than a deadline. (60 minutes)
//!
//! A build server runs programs that it does not trust, and keeps what they print: `execFile(…, { timeout })` in
//! Node.js, which waits for the `close` event, so a process that the program left behind can delay it endlessly. Write
//! the function that returns in time whatever the program does.
//!
//! - Both streams come back apart and complete, however much is printed on either of them.
//! - When the program ends in time, the function returns then. It does not wait for the end of the streams: a grandchild
//!   may still hold the write ends of the pipes. What was printed before the program's end is in the result.
//! - At the deadline the program is killed with SIGKILL and reaped, and what it printed so far is returned. Its
//!   grandchildren are not killed.
//! - The deadline counts from the call. A program that keeps printing does not move it, nor does one that closes both of
//!   its streams and runs on.
//! - After the return no zombie is left, and no descriptor and no thread more than before.
//! - While the program neither prints nor ends, the function sleeps in the kernel. It neither spins nor polls.
//!
//! What to know: `nix::poll::poll` sleeps until one of several descriptors is ready, or for a time; `EINTR` is no
//! failure. A stream at its end is ready at once, every time. A `read` after `poll` said "ready" does not block, and one
//! of 64 KiB gets all that a pipe can hold. No descriptor becomes ready at a child's end, but you can make one: a
//! thread that sleeps in `waitid` (with `WNOWAIT`, so that the pid stays valid) and then drops the write end of an
//! `io::pipe()`. The lesson `stdio` of this chapter captures with `Command::output`, which knows no deadline.
//!
//! Check it with: cargo grade process-basics capture_both

use std::io;
use std::process::{Command, ExitStatus};
use std::time::Duration;

/// What a program printed, and how it ended.
#[derive(Debug)]
pub struct Captured {
    /// What it printed on its standard output.
    pub stdout: Vec<u8>,
    /// What it printed on its standard error.
    pub stderr: Vec<u8>,
    /// How it ended; `None` if it still ran at the deadline and was killed.
    pub status: Option<ExitStatus>,
}

/// Runs the command and captures both streams until it ends, or until the deadline, at which it is killed.
pub fn capture_both(command: &mut Command, deadline: Duration) -> io::Result<Captured> {
    todo!("capture both streams of {command:?} for at most {deadline:?}")
}
