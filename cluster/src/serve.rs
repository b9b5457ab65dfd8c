//! The service: `cluster serve`, and the same as a child of a program that wants one for a while.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::primary::Primary;
use crate::schedule::Schedule;

/// Workers a service may have.
pub const MAX_WORKERS: usize = 256;

/// What to serve, and how.
#[derive(Debug, Clone)]
pub struct Settings {
    /// This chapter's executable, or one that passes its arguments to [`child::run`](crate::child::run).
    pub program: PathBuf,
    /// The port on 127.0.0.1; 0 picks one.
    pub port: u16,
    /// How many workers, 1 to [`MAX_WORKERS`].
    pub workers: usize,
    /// How connections get to them.
    pub schedule: Schedule,
}

impl Settings {
    /// Whether the number of workers is in range.
    ///
    /// # Errors
    /// `InvalidInput` when it is not.
    pub fn check(&self) -> io::Result<()> {
        if (1..=MAX_WORKERS).contains(&self.workers) {
            return Ok(());
        }
        let why = format!("--workers {}: there must be 1 to {MAX_WORKERS}", self.workers);
        Err(io::Error::new(io::ErrorKind::InvalidInput, why))
    }
}

/// Serves until SIGINT or SIGTERM, then drains: finishes requests that have begun, within
/// [`DRAIN_DEADLINE`](crate::primary::DRAIN_DEADLINE). Writes `listening on ADDRESS` to `out` once all workers listen,
/// and to `log` what became of a worker that ended by itself.
///
/// It blocks both signals in the calling thread, for good: call it in a process of its own, from its only thread.
///
/// # Errors
/// `InvalidInput` for a number of workers out of range; `AddrInUse` or `PermissionDenied` for the port; those of
/// starting `program`; those of writing to `out`; `Other` when workers end again and again before they listen.
pub fn serve(settings: &Settings, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<()> {
    settings.check()?;
    Primary::new(settings, out, log)?.run()
}

/// The role of a primary without a terminal: its parent sees the fate of workers for itself.
pub(crate) fn primary(program: &str, port: &str, workers: &str, schedule: &str) -> ExitCode {
    let (Ok(port), Ok(workers), Ok(schedule)) = (port.parse(), workers.parse(), schedule.parse()) else {
        eprintln!("primary: not a port, a number of workers and a schedule: '{port}' '{workers}' '{schedule}'");
        return ExitCode::from(2);
    };
    let settings = Settings { program: PathBuf::from(program), port, workers, schedule };
    match serve(&settings, &mut io::stdout(), &mut io::sink()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("primary: {error}");
            ExitCode::FAILURE
        }
    }
}
