//! One client's connection in a worker: requests in, replies out, never waiting, in bounded memory.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use crate::http::{self, Parsed};
use crate::site::Site;

/// The largest head of a request, in bytes: also all the input that is kept of a connection.
pub const MAX_HEAD: usize = 8 * 1024;
/// With more output than this waiting, no further request is answered: a client that does not read stops here.
const MAX_OUTPUT: usize = 16 * 1024;
/// Pipelined requests are answered in one go for so long, then the worker's other connections have their turn.
const TURN: Duration = Duration::from_millis(10);
/// A connection is closed when no request was answered on it for so long.
const IDLE: Duration = Duration::from_secs(60);
/// The same while the worker drains: time for a request that is already on its way.
const DRAIN_GRACE: Duration = Duration::from_millis(100);
/// How long a refused client may take to read the refusal and close.
const LINGER: Duration = Duration::from_secs(1);

/// What a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Read,
    /// Also when requests are left to be answered: it comes back at once, after the others.
    Write,
    Close,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// To be closed once the output is out.
    Last,
    /// The same, but the client may still be sending. To close with input unread resets the connection, and the reset
    /// can overtake the reply: so first only our side is closed.
    LastThenLinger,
    /// Our side is closed; input is thrown away until the client closes, too.
    Lingering,
}

#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    pub(crate) waits_for: Next,
    input: Vec<u8>,
    output: Vec<u8>,
    phase: Phase,
    /// The input may hold another whole request.
    more: bool,
    deadline: Instant,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        let (input, output, deadline) = (Vec::new(), Vec::new(), Instant::now() + IDLE);
        Ok(Self { stream, waits_for: Next::Read, input, output, phase: Phase::Open, more: false, deadline })
    }

    /// Does what can be done without waiting: one read, the replies to what is complete, one write.
    pub(crate) fn turn(&mut self, site: &mut Site, draining: bool) -> io::Result<Next> {
        if self.phase == Phase::Lingering {
            self.input.clear();
            return Ok(if self.fill()? { Next::Read } else { Next::Close });
        }
        if !self.flush()? {
            return Ok(Next::Write);
        }
        let mut ended = false;
        if self.phase == Phase::Open {
            ended = !self.more && !self.fill()?; // perhaps of its side only: it still gets the replies to what it sent
            self.answer(site, draining);
        }
        if !self.flush()? {
            return Ok(Next::Write);
        }
        Ok(match self.phase {
            Phase::Open if self.more => Next::Write,
            Phase::Open if !ended => Next::Read,
            Phase::Open | Phase::Last => Next::Close,
            Phase::LastThenLinger | Phase::Lingering => {
                self.stream.shutdown(Shutdown::Write)?;
                self.phase = Phase::Lingering;
                self.deadline = Instant::now() + LINGER;
                Next::Read
            }
        })
    }

    /// The worker begins to drain: an idle connection has only little time left.
    pub(crate) fn drain(&mut self) {
        if self.input.is_empty() && self.output.is_empty() {
            self.deadline = self.deadline.min(Instant::now() + DRAIN_GRACE);
        }
    }

    pub(crate) fn is_overdue(&self, now: Instant) -> bool {
        now >= self.deadline
    }

    /// Answers the whole requests in the input, in their order.
    fn answer(&mut self, site: &mut Site, draining: bool) {
        let started = Instant::now();
        let mut done = 0;
        self.more = false;
        while self.phase == Phase::Open && !self.more {
            match http::parse(&self.input[done..]) {
                Parsed::Partial if done == 0 && self.input.len() >= MAX_HEAD => self.refuse(431),
                Parsed::Partial => break,
                Parsed::Bad(status) => self.refuse(status),
                Parsed::Complete(request, length) => {
                    done += length;
                    let rest = self.input.len() > done;
                    let close = request.close || request.has_body || draining && !rest;
                    let (status, body) = site.answer(&request);
                    http::reply(&mut self.output, status, &body, request.method == "HEAD", close);
                    self.phase = match close {
                        false => Phase::Open,
                        true if request.has_body || rest => Phase::LastThenLinger,
                        true => Phase::Last,
                    };
                    let now = Instant::now();
                    self.deadline = now + if draining { DRAIN_GRACE } else { IDLE };
                    self.more = rest && (now - started > TURN || self.output.len() > MAX_OUTPUT);
                }
            }
        }
        self.input.drain(..done);
    }

    fn refuse(&mut self, status: u16) {
        http::reply(&mut self.output, status, "", false, true);
        self.phase = Phase::LastThenLinger;
    }

    /// One read into what room the input has; false at the end.
    fn fill(&mut self) -> io::Result<bool> {
        let mut buffer = [0; MAX_HEAD];
        match (&self.stream).read(&mut buffer[self.input.len()..]) {
            Ok(0) => return Ok(false),
            Ok(count) => self.input.extend(&buffer[self.input.len()..][..count]),
            Err(error) if is_not_now(&error) => {}
            Err(error) => return Err(error),
        }
        Ok(true)
    }

    /// Writes what it can; whether that was all.
    fn flush(&mut self) -> io::Result<bool> {
        while !self.output.is_empty() {
            match (&self.stream).write(&self.output) {
                Ok(count) => drop(self.output.drain(..count)),
                Err(error) if is_not_now(&error) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}

fn is_not_now(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
