//! One client's connection in a worker: requests in, replies out, never waiting, in bounded memory.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use crate::http::{self, Parsed};
use crate::settings::Settings;
use crate::site::Site;

/// The largest head of a request, in bytes: also all the input that is kept of a connection.
pub const MAX_HEAD: usize = 8 * 1024;
/// With more output than this waiting, no further request is answered: a client that does not read stops here.
const MAX_OUTPUT: usize = 16 * 1024;
/// Pipelined requests are answered in one go for so long, then the worker's other connections have their turn.
const TURN: Duration = Duration::from_millis(10);
/// A connection is closed when nothing was asked or read on it for so long.
const IDLE: Duration = Duration::from_secs(60);
/// The same while the worker drains: time for a request that is already on its way.
const DRAIN_GRACE: Duration = Duration::from_millis(250);
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

/// What every connection works with when it has its turn. It is one for all: a request that arrives whole, and a reply
/// that the kernel takes whole, cost no memory of their own.
#[derive(Debug)]
pub(crate) struct Desk {
    site: Site,
    input: Box<[u8; MAX_HEAD]>,
    output: Vec<u8>,
    request_time: Duration,
    /// Since when the worker drains.
    pub(crate) draining: Option<Instant>,
}

impl Desk {
    pub(crate) fn new(settings: &Settings) -> Self {
        let (site, request_time) = (Site::new(settings.allow_faults), settings.request_time);
        Self { site, input: Box::new([0; MAX_HEAD]), output: Vec::new(), request_time, draining: None }
    }
}

#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    pub(crate) waits_for: Next,
    /// The beginning of a request, or whole ones whose turn is yet to come.
    input: Vec<u8>,
    /// What the kernel did not take.
    output: Vec<u8>,
    phase: Phase,
    /// The input may hold another whole request.
    more: bool,
    /// When it began to do what it does now: to idle, to send a request, to read no reply, to linger.
    pub(crate) since: Instant,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        let (input, output, since) = (Vec::new(), Vec::new(), Instant::now());
        Ok(Self { stream, waits_for: Next::Read, input, output, phase: Phase::Open, more: false, since })
    }

    /// The primary keeps a copy of a socket it handed over until it has read the acknowledgement. So closing ours may
    /// not be the end of it.
    pub(crate) fn shut(&self) {
        let _ = self.stream.shutdown(Shutdown::Both); // fails where the client was faster
    }

    /// Does what can be done without waiting: one read, the replies to what is complete, one write.
    pub(crate) fn turn(&mut self, desk: &mut Desk) -> io::Result<Next> {
        if self.phase == Phase::Lingering {
            let ended = unless_not_now((&self.stream).read(&mut desk.input[..]))? == Some(0);
            return Ok(if ended { Next::Close } else { Next::Read });
        }
        desk.output.clear();
        desk.output.append(&mut self.output);
        let mut ended = false;
        if self.phase == Phase::Open && desk.output.is_empty() {
            let kept = self.input.len();
            desk.input[..kept].copy_from_slice(&self.input);
            let mut length = kept;
            if !self.more {
                match unless_not_now((&self.stream).read(&mut desk.input[kept..]))? {
                    Some(0) => ended = true, // perhaps of its side only: it still gets the replies to what it sent
                    count => length += count.unwrap_or(0),
                }
            }
            self.answer(desk, length);
        }
        self.send(desk, ended)
    }

    /// Writes what the desk has for this client, and says what is next.
    fn send(&mut self, desk: &Desk, ended: bool) -> io::Result<Next> {
        if !desk.output.is_empty() {
            let count = unless_not_now((&self.stream).write(&desk.output))?.unwrap_or(0);
            self.output.extend(&desk.output[count..]);
            if !self.output.is_empty() {
                self.since = if count > 0 { Instant::now() } else { self.since };
                return Ok(Next::Write);
            }
        }
        Ok(match self.phase {
            Phase::Open if self.more => Next::Write,
            Phase::Open if !ended => Next::Read,
            Phase::Open | Phase::Last => Next::Close,
            Phase::LastThenLinger | Phase::Lingering => {
                self.stream.shutdown(Shutdown::Write)?;
                (self.phase, self.since) = (Phase::Lingering, Instant::now());
                Next::Read
            }
        })
    }

    /// Answers the whole requests in the first `length` bytes of the desk's input, in their order.
    fn answer(&mut self, desk: &mut Desk, length: usize) {
        let started = Instant::now();
        let mut done = 0;
        self.more = false;
        while self.phase == Phase::Open && !self.more {
            match http::parse(&desk.input[done..length]) {
                Parsed::Partial if done == 0 && length == MAX_HEAD => self.refuse(431, &mut desk.output),
                Parsed::Partial => break,
                Parsed::Bad(status) => self.refuse(status, &mut desk.output),
                Parsed::Complete(request, head) => {
                    done += head;
                    let rest = length > done;
                    let close = request.close || request.has_body || desk.draining.is_some() && !rest;
                    let (status, body) = desk.site.answer(&request);
                    http::reply(&mut desk.output, status, body, request.method == "HEAD", close);
                    self.phase = match close {
                        false => Phase::Open,
                        true if request.has_body || rest => Phase::LastThenLinger,
                        true => Phase::Last,
                    };
                    self.more = rest && (started.elapsed() > TURN || desk.output.len() > MAX_OUTPUT);
                }
            }
        }
        if done > 0 || self.input.is_empty() && length > 0 {
            self.since = Instant::now();
        }
        self.input = desk.input[done..length].to_vec(); // no memory for nothing
    }

    fn refuse(&mut self, status: u16, output: &mut Vec<u8>) {
        http::reply(output, status, "", false, true);
        self.phase = Phase::LastThenLinger;
    }

    pub(crate) fn is_overdue(&self, now: Instant, desk: &Desk) -> bool {
        let deadline = match desk.draining {
            _ if self.phase == Phase::Lingering => self.since + LINGER,
            _ if self.is_in_request() => self.since + desk.request_time,
            Some(began) if self.output.is_empty() => self.since.max(began) + DRAIN_GRACE,
            _ => self.since + IDLE,
        };
        now >= deadline
    }

    /// A request has begun and is not all there.
    fn is_in_request(&self) -> bool {
        self.phase == Phase::Open && self.output.is_empty() && !self.input.is_empty()
    }

    /// It took too long: half a request gets a status; an idle client a last look at whether it has just asked.
    pub(crate) fn expire(&mut self, desk: &mut Desk) -> io::Result<Next> {
        desk.output.clear();
        if self.is_in_request() {
            self.refuse(408, &mut desk.output);
            return self.send(desk, false);
        }
        let since = self.since;
        let next = self.turn(desk)?;
        Ok(if self.since == since { Next::Close } else { next })
    }
}

/// What a call on a socket that does not block did; `None` when it would have had to wait.
fn unless_not_now(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(None),
        result => result.map(Some),
    }
}
