//! What the service answers: the paths of the site, and the one variable each worker has.

use std::process;
use std::thread;
use std::time::Duration;

use crate::http::Request;

/// The longest that `/work?ms=` blocks its worker, in milliseconds, whatever was asked for.
pub const MAX_WORK: u64 = 2_000;

#[derive(Debug, Default)]
pub(crate) struct Site {
    /// Requests for `/count` so far: a plain variable, and so this worker's alone.
    counted: u64,
}

impl Site {
    /// The status and body that answer `request`.
    pub(crate) fn answer(&mut self, request: &Request) -> (u16, String) {
        if !matches!(request.method, "GET" | "HEAD") {
            return (405, "only GET and HEAD\n".to_owned());
        }
        let pid = process::id();
        let (path, query) = request.target.split_once('?').unwrap_or((request.target, ""));
        match path {
            "/" => (200, pid.to_string()),
            "/count" => {
                self.counted += 1;
                (200, format!("{pid} {}", self.counted))
            }
            "/work" => match query.split('&').find_map(|part| part.strip_prefix("ms=")?.parse::<u64>().ok()) {
                Some(time) => {
                    thread::sleep(Duration::from_millis(time.min(MAX_WORK))); // the whole worker waits: the lesson
                    (200, pid.to_string())
                }
                None => (400, "say how long: /work?ms=20\n".to_owned()),
            },
            _ => (404, "no such path; there are /, /count and /work?ms=N\n".to_owned()),
        }
    }
}
