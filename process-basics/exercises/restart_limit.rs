//! Restart a program that crashes, but not without a limit. (15 minutes)
//!
//! A supervisor starts a program and starts it again after a crash: what pm2 does for a server, or a `cluster` primary
//! with `cluster.on("exit", () => cluster.fork())`. Without a limit, a program that crashes at its start is restarted
//! endlessly. Write the supervisor that gives up in time and then returns an error.
//!
//! - A crash is an exit with a code other than 0, or a death by a signal. After a crash the program is started again.
//! - An exit with code 0 is voluntary: the program is not started again, and the function returns `Ok`.
//! - There are at most `restarts` restarts, so at most `restarts + 1` runs. If the last run crashes, too, the function
//!   returns `Error::Crashed` with the end of that last run.
//! - `report` is called once for each end, crash or not, in order: after that run, and before the next one begins.
//! - An end is reported after its child was reaped: at that time there is neither a zombie nor a running child.
//! - While the program runs, the function sleeps in the kernel. It does not ask again and again.
//! - A program that cannot be started is `Error::System`. That is no end: it is not reported and not tried again.
//!
//! What to know: a `Command` can be started several times. `ExitStatus::code()` is `None` for a child that was killed;
//! with `use std::os::unix::process::ExitStatusExt` in scope, `signal()` is then the signal's number. `?` turns an
//! `io::Error` into `Error::System`. The lesson `crash` of this chapter shows what a crash leaves alone; here you decide
//! what comes after one.
//!
//! Check it with: cargo grade process-basics restart_limit

use std::io;
use std::process::Command;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The program exited with this code.
    Code(i32),
    /// It was killed by the signal with this number.
    Signal(i32),
}

/// Why the supervisor gave up.
#[derive(Debug)]
pub enum Error {
    /// No restart was left: how the last run ended.
    Crashed(End),
    /// The program could not be started, or not be waited for.
    System(io::Error),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::System(error)
    }
}

/// Runs the command until it exits with code 0; after a crash again, at most `restarts` times. Reports every end.
pub fn supervise(command: &mut Command, restarts: usize, report: &mut dyn FnMut(End)) -> Result<(), Error> {
    let _ = report;
    todo!("run {command:?} with at most {restarts} restarts")
}
