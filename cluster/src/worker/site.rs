//! What the service answers: the paths of the site, and the one variable each worker has.

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
    /// This process: the body of most answers.
    pid: u32,
    /// Requests for `/count` so far: a plain variable, and so this worker's alone.
    counted: u64,
    allow_faults: bool,
}

impl Site {
    pub(crate) fn new(allow_faults: bool) -> Self {
        Self { pid: process::id(), counted: 0, allow_faults }
    }

    /// The status and body that answer `request`; without a body, the status is explained.
    pub(crate) fn answer(&mut self, request: &Request) -> (u16, Option<String>) {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        match path {
            _ if OTHER_METHODS.contains(&request.method) => (405, None),
            _ if !matches!(request.method, "GET" | "HEAD") => (501, None),
            "/" => (200, Some(self.pid.to_string())),
            "/count" => {
                self.counted += 1;
                (200, Some(format!("{} {}", self.pid, self.counted)))
            }
            "/work" => match query.split('&').find_map(|part| part.strip_prefix("ms=")?.parse::<u64>().ok()) {
                Some(time) => {
                    thread::sleep(Duration::from_millis(time.min(MAX_WORK))); // the whole worker waits: the lesson
                    (200, Some(self.pid.to_string()))
                }
                None => (400, Some("say how long: /work?ms=20".into())),
            },
            "/crash" if self.allow_faults => {
                let _ = raise(Signal::SIGKILL); // does not return
                (404, None)
            }
            _ => (404, None),
        }
    }
}
