//! What a check reports, and how: by messages on a socket, from the check's process to the one that started it.
//!
//! The first message on the socket is a nonce. Each report begins with it, so that an answer cannot report by accident,
//! and not without looking for it on purpose. An exit code proves nothing: an answer may call `exit(0)`.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::process::Stdio;
use std::time::Duration;

/// What a check found out.
pub type Outcome = Result<(), Failure>;

/// Why a check did not pass.
#[derive(Debug, Default)]
pub struct Failure {
    /// What is wrong, in a sentence.
    pub cause: String,
    /// What should have come; empty where the cause says it.
    pub expected: String,
    /// What came instead.
    pub actual: String,
    /// The check could not do its part, and the answer was not judged.
    pub setup: bool,
}

/// A message of a check's process.
pub enum Report {
    /// The check with this name begins.
    Begun {
        /// The name that the check has in its source.
        name: String,
        /// Helps after a failure.
        hint: String,
        /// Helps more.
        more: String,
    },
    /// The check has ended.
    Ended(Outcome),
}

/// Separates the parts of a message.
const SEPARATOR: char = '\u{1f}';

/// The longest part of a message, in characters: a message must fit into one packet, however much an answer returned.
const LONGEST: usize = 1000;

/// Receives the reports of one check.
pub struct Receiver {
    socket: UnixDatagram,
    nonce: String,
}

impl Receiver {
    /// A receiver, and what the check's process gets as its standard input.
    pub fn new() -> io::Result<(Self, Stdio)> {
        let mut bytes = [0; 16];
        File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        let nonce = bytes.map(|byte| format!("{byte:02x}")).concat();
        let (socket, theirs) = UnixDatagram::pair()?;
        socket.send(nonce.as_bytes())?;
        socket.set_read_timeout(Some(Duration::from_millis(20)))?;
        Ok((Self { socket, nonce }, Stdio::from(OwnedFd::from(theirs))))
    }

    /// The next report; nothing where none comes within 20 ms. Messages without the nonce are left out.
    pub fn next(&self) -> Option<Report> {
        let mut message = vec![0; 64 * 1024];
        for _ in 0..1000 {
            let length = self.socket.recv(&mut message).ok()?;
            let text = String::from_utf8_lossy(&message[..length]);
            if let Some(report) = text.strip_prefix(&self.nonce).and_then(parse) {
                return Some(report);
            }
        }
        None
    }
}

fn parse(report: &str) -> Option<Report> {
    let mut parts = report.split(SEPARATOR).map(str::to_owned);
    let kind = parts.next()?;
    let mut next = || parts.next().unwrap_or_default();
    match &*kind {
        "begun" => Some(Report::Begun { name: next(), hint: next(), more: next() }),
        "passed" => Some(Report::Ended(Ok(()))),
        "failed" | "setup" => {
            let setup = kind == "setup";
            Some(Report::Ended(Err(Failure { cause: next(), expected: next(), actual: next(), setup })))
        }
        _ => None,
    }
}

/// Sends the reports of one check.
pub struct Sender {
    socket: UnixDatagram,
    nonce: Vec<u8>,
}

impl Sender {
    /// Reads the nonce from the socket.
    pub fn new(socket: UnixDatagram) -> io::Result<Self> {
        let mut nonce = vec![0; 64];
        let length = socket.recv(&mut nonce)?;
        nonce.truncate(length);
        Ok(Self { socket, nonce })
    }

    /// Reports that the check begins.
    pub fn begun(&self, name: &str, hint: &str, more: &str) {
        self.send(&["begun", name, hint, more]);
    }

    /// Reports how the check ended.
    pub fn ended(&self, outcome: &Outcome) {
        match outcome {
            Ok(()) => self.send(&["passed"]),
            Err(Failure { cause, expected, actual, setup }) => {
                self.send(&[if *setup { "setup" } else { "failed" }, cause, expected, actual])
            }
        }
    }

    fn send(&self, parts: &[&str]) {
        let clean = |part: &&str| part.chars().filter(|c| *c != SEPARATOR).take(LONGEST).collect::<String>();
        let text = parts.iter().map(clean).collect::<Vec<_>>().join(&SEPARATOR.to_string());
        let _ = self.socket.send(&[&self.nonce, text.as_bytes()].concat()); // without a receiver there is no verdict
    }
}
