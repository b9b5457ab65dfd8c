//! How a process ended.

use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use nix::sys::signal::Signal;

/// By itself with a code, or by a signal: exactly one of the two (wait(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It returned from `main` or called exit, with this code (0 to 255).
    Exited(i32),
    /// A signal ended it: its number, since not every signal has a name (signal(7), real-time signals).
    Signaled(i32),
}

impl From<ExitStatus> for End {
    fn from(status: ExitStatus) -> Self {
        let signal = || status.signal().expect("a process that was waited for has exited, or a signal ended it");
        status.code().map_or_else(|| End::Signaled(signal()), End::Exited)
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            End::Exited(code) => write!(f, "exited with code {code}"),
            End::Signaled(number) => match Signal::try_from(*number) {
                Ok(signal) => write!(f, "was ended by {signal}"),
                Err(_) => write!(f, "was ended by signal {number}"),
            },
        }
    }
}
