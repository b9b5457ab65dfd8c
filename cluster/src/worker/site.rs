//! What the service answers: the paths of the site, and the one variable each worker has.

use std::borrow::Cow;
use std::process;
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, raise};

use super::http::Request;

/// The longest that `/work?ms=` blocks its worker, in milliseconds, whatever was asked for.
pub const MAX_WORK: u64 = 2_000;

/// Methods that RFC 9110 and RFC 5789 define, and this service does not allow.
const OTHER_METHODS: [&str; 7] = ["POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

#[derive(Debug)]
pub(crate) struct Site {
    /// This process.
    pid: u32,
    /// The body of most answers: the pid in a line.
    pid_line: String,
    /// Requests for `/count` so far: a plain variable, and so this worker's alone.
    counted: u64,
    allow_faults: bool,
}

impl Site {
    pub(crate) fn new(allow_faults: bool) -> Self {
        let pid = process::id();
        Self { pid, pid_line: format!("{pid}\n"), counted: 0, allow_faults }
    }

    /// The status and body that answer `request`.
    pub(crate) fn answer(&mut self, request: &Request) -> (u16, Cow<'_, str>) {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        match path {
            _ if OTHER_METHODS.contains(&request.method) => (405, "only GET and HEAD\n".into()),
            _ if !matches!(request.method, "GET" | "HEAD") => {
                (501, "an unknown method; there are GET and HEAD\n".into())
            }
            "/" => (200, self.pid_line.as_str().into()),
            "/count" => {
                self.counted += 1;
                (200, format!("{} {}\n", self.pid, self.counted).into())
            }
            "/work" => match query.split('&').find_map(|part| part.strip_prefix("ms=")?.parse::<u64>().ok()) {
                Some(time) => {
                    thread::sleep(Duration::from_millis(time.min(MAX_WORK))); // the whole worker waits: the lesson
                    (200, self.pid_line.as_str().into())
                }
                None => (400, "say how long: /work?ms=20\n".into()),
            },
            "/crash" if self.allow_faults => {
                let _ = raise(Signal::SIGKILL); // does not return
                (404, "".into())
            }
            _ => (404, "no such path; there are /, /count and /work?ms=N\n".into()),
        }
    }
}
