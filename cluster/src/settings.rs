//! What to serve, and how: the options of `serve`, which are also the arguments of a primary and of its workers.

use std::ffi::{OsStr, OsString};
use std::ops::RangeInclusive;
use std::thread;

use lexopt::Parser;

use crate::cli::find;
use crate::schedule::Schedule;

/// Workers a service may have.
pub const MAX_WORKERS: usize = 256;

/// The options of a service.
#[derive(Debug)]
pub struct Settings {
    /// The options as they were given: a worker reads the same.
    pub options: Vec<OsString>,
    /// The port on 127.0.0.1; 0 picks one.
    pub port: u16,
    /// How many workers, 1 to [`MAX_WORKERS`].
    pub workers: usize,
    /// How connections get to them.
    pub schedule: Schedule,
    /// Connections that a worker has at once, or fewer where it may not open as many descriptors (`ulimit -n`).
    pub connections: usize,
    /// Whether `/crash` kills the worker that is asked for it.
    pub allow_faults: bool,
}

impl Settings {
    /// Reads the options of `serve`. Without any: as many workers as CPUs, round-robin, on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// An option or a value that is none, and what would be right.
    pub fn parse(options: &[impl AsRef<OsStr>]) -> Result<Self, lexopt::Error> {
        use lexopt::prelude::*;

        let mut settings = Self {
            options: options.iter().map(|option| option.as_ref().to_owned()).collect(),
            port: 0,
            workers: thread::available_parallelism().map_or(1, |count| count.get().min(MAX_WORKERS)),
            schedule: Schedule::RoundRobin,
            connections: 1_000,
            allow_faults: false,
        };
        let mut args = Parser::from_args(options.iter().map(AsRef::as_ref));
        while let Some(arg) = args.next()? {
            match arg {
                Long("port") => settings.port = number(&mut args, "port", "a port", 0..=65_535)? as u16,
                Long("workers") => settings.workers = number(&mut args, "workers", "the number", 1..=MAX_WORKERS)?,
                Long("schedule") => {
                    settings.schedule =
                        *find("schedule", &Schedule::ALL, Schedule::name, &args.value()?.to_string_lossy())?
                }
                Long("connections") => {
                    settings.connections = number(&mut args, "connections", "the number", 1..=1_000_000)?;
                }
                Long("allow-faults") => settings.allow_faults = true,
                _ => return Err(arg.unexpected()),
            }
        }
        Ok(settings)
    }
}

/// An option's number. An error says what it is to be.
fn number(args: &mut Parser, name: &str, what: &str, range: RangeInclusive<usize>) -> Result<usize, lexopt::Error> {
    let value = args.value()?.to_string_lossy().into_owned();
    let number = value.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("--{name} {value}: {what} is {} to {}", range.start(), range.end()).into())
}
