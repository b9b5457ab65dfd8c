//! What to serve, and how: the options of `serve`, which are also the arguments of a primary and of its workers.

use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::thread;
use std::time::Duration;

use crate::schedule::Schedule;

/// Workers a service may have.
pub const MAX_WORKERS: usize = 256;

/// The options of a service.
#[derive(Debug)]
pub struct Settings {
    /// This chapter's executable, or one that passes its arguments to [`roles::run`](crate::support::roles::run).
    pub program: PathBuf,
    /// The options as they were given: a worker reads the same.
    pub options: Vec<OsString>,
    /// The address to bind.
    pub host: IpAddr,
    /// The port; 0 picks one.
    pub port: u16,
    /// How many workers, 1 to [`MAX_WORKERS`].
    pub workers: usize,
    /// How connections get to them.
    pub schedule: Schedule,
    /// Under `shared`: a connection wakes one worker that waits, not all (`EPOLLEXCLUSIVE`, epoll_ctl(2)).
    pub exclusive: bool,
    /// Connections that a worker has at once, or fewer where it may not open as many descriptors (`ulimit -n`).
    pub connections: usize,
    /// How long a request may take to arrive, from its first byte.
    pub request_time: Duration,
    /// Whether `/crash` kills the worker that is asked for it.
    pub allow_faults: bool,
}

impl Settings {
    /// Reads the options of `serve`. Without any: as many workers as CPUs, round-robin, on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// An option or a value that is none, and what would be right.
    pub fn parse(program: &Path, options: &[impl AsRef<OsStr>]) -> Result<Self, lexopt::Error> {
        use lexopt::prelude::*;

        let mut settings = Self {
            program: program.to_owned(),
            options: options.iter().map(|option| option.as_ref().to_owned()).collect(),
            host: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            workers: thread::available_parallelism().map_or(1, |count| count.get().min(MAX_WORKERS)),
            schedule: Schedule::RoundRobin,
            exclusive: false,
            connections: 1_000,
            request_time: Duration::from_secs(10),
            allow_faults: false,
        };
        let mut options = lexopt::Parser::from_args(options.iter().map(AsRef::as_ref));
        while let Some(arg) = options.next()? {
            match arg {
                Long("host") => settings.host = value("host", &mut options)?,
                Long("port") => settings.port = port(&mut options)?,
                Long("workers") => settings.workers = value("workers", &mut options)?,
                Long("schedule") => settings.schedule = value("schedule", &mut options)?,
                Long("exclusive") => settings.exclusive = true,
                Long("connections") => settings.connections = value("connections", &mut options)?,
                Long("request-ms") => {
                    settings.request_time = Duration::from_millis(value("request-ms", &mut options)?);
                }
                Long("allow-faults") => settings.allow_faults = true,
                _ => return Err(arg.unexpected()),
            }
        }
        let wrong = if !(1..=MAX_WORKERS).contains(&settings.workers) {
            format!("--workers {}: there must be 1 to {MAX_WORKERS}", settings.workers)
        } else if settings.connections == 0 {
            "--connections 0: there must be at least 1".to_owned()
        } else if settings.request_time.is_zero() {
            "--request-ms 0: there must be at least 1".to_owned()
        } else if settings.exclusive && settings.schedule != Schedule::Shared {
            format!("--exclusive is for --schedule shared: under {} workers share no listener", settings.schedule)
        } else {
            return Ok(settings);
        };
        Err(wrong.into())
    }
}

fn port(options: &mut lexopt::Parser) -> Result<u16, lexopt::Error> {
    let port = options.value()?.to_string_lossy().into_owned();
    port.parse().map_err(|_| format!("--port {port}: a port is 0 to 65535").into())
}

/// An option's value. An error names both.
fn value<T: FromStr<Err: Display>>(name: &str, options: &mut lexopt::Parser) -> Result<T, lexopt::Error> {
    let value = options.value()?.to_string_lossy().into_owned();
    value.parse().map_err(|error| format!("--{name} {value}: {error}").into())
}
