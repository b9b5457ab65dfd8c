//! The service: `cluster serve`, and the same as a child of a program that wants one for a while.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::primary::Primary;
use crate::settings::Settings;
use crate::worker;

/// Serves until SIGINT or SIGTERM, then drains: finishes requests that have begun, within
/// [`DRAIN_DEADLINE`](crate::ending::DRAIN_DEADLINE). SIGHUP replaces the workers one by one. Writes
/// `listening on ADDRESS` to `out` once all workers listen, and each worker's changes of state to `log`.
///
/// It blocks these signals in the calling thread, for good: call it in a process of its own, from its only thread.
///
/// # Errors
/// `InvalidInput` for settings out of range; `AddrInUse` or `PermissionDenied` for the port; those of starting the
/// program; those of writing to `out`; `Other` when workers end again and again before they listen.
pub fn serve(settings: &Settings, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<()> {
    settings.check()?;
    Primary::new(settings, out, log)?.run()
}

/// The role of a worker, of a service, and of one whose parent sees the fate of workers for itself.
pub(crate) fn child(role: &str, program: &str, options: &[&str]) -> ExitCode {
    let result = match Settings::parse(Path::new(program), lexopt::Parser::from_args(options)) {
        Ok(Some(settings)) if role == "worker" => worker::run(&settings),
        Ok(Some(settings)) if role == "serve" => serve(&settings, &mut io::stdout(), &mut io::stderr()),
        Ok(Some(settings)) => serve(&settings, &mut io::stdout(), &mut io::sink()),
        Ok(None) => Err(io::Error::other("a child gives no help")),
        Err(error) => Err(io::Error::other(error.to_string())),
    };
    result.map_or_else(
        |error| {
            eprintln!("{role}: {error}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}
