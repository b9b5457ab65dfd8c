//! Fails: a full pipe blocks neither the program nor the function
//!
//! It reads standard output to its end, then standard error: both sides wait for each other until the deadline.

use std::io::{self, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

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
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let pid = Pid::from_raw(child.id() as i32);
    let (done, is_done) = mpsc::channel::<()>();
    let watchdog = thread::spawn(move || {
        let late = is_done.recv_timeout(deadline) == Err(RecvTimeoutError::Timeout);
        if late {
            let _ = kill(pid, Signal::SIGKILL);
        }
        late
    });
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    child.stdout.take().expect("a pipe").read_to_end(&mut stdout)?;
    child.stderr.take().expect("a pipe").read_to_end(&mut stderr)?;
    drop(done);
    let late = watchdog.join().expect("the watchdog does not panic");
    let status = child.wait()?;
    Ok(Captured { stdout, stderr, status: (!late).then_some(status) })
}
