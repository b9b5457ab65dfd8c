//! One client's connection in a worker: requests in, replies out, never waiting, in bounded memory.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use nix::sys::epoll::EpollFlags;

use super::http;
use super::reply::Reply;
use super::site::Site;

/// The largest head of a request, in bytes: also all the input that is kept of a connection.
pub const MAX_HEAD: usize = 8 * 1024;
/// How long a request may take to arrive, from its first byte.
pub const REQUEST: Duration = Duration::from_secs(5);
/// A connection is closed when nothing was asked or read on it for so long.
const IDLE: Duration = Duration::from_secs(60);
/// The same while the worker drains: time for a request that is already on its way.
const DRAIN_GRACE: Duration = Duration::from_millis(250);
/// While the worker drains, everything else takes no longer than this: a request must be complete, for instance.
const DRAIN_LIMIT: Duration = Duration::from_secs(3);
/// For how long, after an early reply, what the client still sends is read and discarded.
pub const LINGER: Duration = Duration::from_secs(5);
/// Up to how many bytes.
pub const LINGER_BYTES: usize = 16 * 1024 * 1024;

/// What all the connections of a worker have in common.
#[derive(Debug)]
pub(crate) struct WorkerContext {
    pub(crate) site: Site,
    /// What was just read.
    pub(crate) buffer: Box<[u8; MAX_HEAD]>,
    /// Since when the worker drains.
    pub(crate) draining: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// The last reply is on its way, and the client may still be sending. To close with input unread resets the
    /// connection, and the reset can overtake the reply: so first only our direction is closed.
    Closing,
    /// Our direction is closed; input is discarded until the client closes, too.
    Lingering,
}

#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    /// What its events are watched for.
    pub(crate) waits_for: EpollFlags,
    /// Requests that have arrived, perhaps in part.
    input: Vec<u8>,
    /// The client sends no more. It still gets the replies to what it sent, then the connection is closed.
    ended: bool,
    /// What is to be written, and the kernel has not taken yet.
    output: Vec<u8>,
    phase: Phase,
    discarded: usize,
    /// When it began to do what it does now: to idle, to receive a request, to wait for its reader, to linger.
    pub(crate) since: Instant,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            waits_for: EpollFlags::empty(),
            input: Vec::new(),
            ended: false,
            output: Vec::new(),
            phase: Phase::Open,
            discarded: 0,
            since: Instant::now(),
        }
    }

    /// A part of a request has arrived: more than empty lines.
    fn in_request(&self) -> bool {
        self.output.is_empty() && !self.input.trim_ascii_start().is_empty()
    }

    /// Does what can be done without waiting: one read, the reply to one request, one write. So replies leave one by
    /// one, and other connections have their turn in between. What it waits for then; `None` when it is to be closed.
    ///
    /// A client that does not read its replies stops here: no more of its requests are read. What takes too long ends,
    /// but not before what has arrived is answered. A client that has sent part of a request is told the reason.
    pub(crate) fn on_ready(&mut self, context: &mut WorkerContext) -> io::Result<Option<EpollFlags>> {
        self.answer_next(context);
        if self.output.is_empty() && !self.ended {
            self.read(&mut context.buffer)?;
            self.answer_next(context);
        }
        let next = self.send()?;
        if next.is_none() || Instant::now() < self.deadline(context) {
            return Ok(next);
        }
        if self.in_request() {
            self.refuse(408);
            return self.send();
        }
        Ok(None)
    }

    fn read(&mut self, buffer: &mut [u8; MAX_HEAD]) -> io::Result<()> {
        let room = MAX_HEAD - self.input.len();
        match none_if_would_block(self.stream.read(&mut buffer[..room]))? {
            None => {}
            Some(0) => self.ended = true,
            Some(count) if self.phase != Phase::Open => self.discarded += count,
            Some(count) => {
                if !self.in_request() {
                    self.since = Instant::now(); // a request begins
                }
                self.input.extend_from_slice(&buffer[..count]);
            }
        }
        Ok(())
    }

    /// Writes what there is for this client.
    fn send(&mut self) -> io::Result<Option<EpollFlags>> {
        if !self.output.is_empty() {
            if let Some(count) = none_if_would_block(self.stream.write(&self.output))? {
                self.output.drain(..count);
                self.since = Instant::now();
            }
            if !self.output.is_empty() || !self.input.is_empty() {
                return Ok(Some(EpollFlags::EPOLLOUT)); // the rest, then the next reply: others have their turn in between
            }
        }
        if self.ended || self.discarded > LINGER_BYTES {
            return Ok(None);
        }
        if self.phase == Phase::Closing {
            self.stream.shutdown(Shutdown::Write)?;
            self.phase = Phase::Lingering;
        }
        Ok(Some(EpollFlags::EPOLLIN))
    }

    /// Answers the next request, if it is whole, and the reply before is out.
    fn answer_next(&mut self, context: &mut WorkerContext) {
        if self.input.is_empty() || !self.output.is_empty() {
            return;
        }
        let arrived = self.input.len();
        let (request, length) = match http::parse(&mut self.input) {
            Ok(Some(parsed)) => parsed,
            Ok(None) => return,
            Err(status) => return self.refuse(status),
        };
        let more = arrived > length;
        let close = request.close || request.has_body || context.draining.is_some() && !more;
        let (status, body) = context.site.answer(&request);
        Reply { status, body, head_only: request.method == "HEAD", close }.write(&mut self.output);
        if close {
            let is_all = request.close && !request.has_body && !more;
            self.end();
            self.ended |= is_all;
        } else {
            self.input.drain(..length);
        }
    }

    fn refuse(&mut self, status: u16) {
        let head_only = self.input.trim_ascii_start().starts_with(b"HEAD ");
        Reply { status, body: None, head_only, close: true }.write(&mut self.output);
        self.end();
    }

    /// No more is answered. What still comes needs room to be read: unread, it would reset the connection.
    fn end(&mut self) {
        self.phase = Phase::Closing;
        self.input = Vec::new();
    }

    /// When it is to be closed, unless it has begun something else by then.
    pub(crate) fn deadline(&self, context: &WorkerContext) -> Instant {
        let (limit, drain_limit) = match self.phase {
            Phase::Lingering => (LINGER, DRAIN_LIMIT),
            _ if self.in_request() => (REQUEST, DRAIN_LIMIT),
            _ if self.output.is_empty() => (IDLE, DRAIN_GRACE),
            _ => (IDLE, DRAIN_LIMIT),
        };
        let drained = context.draining.map(|began| began.max(self.since) + drain_limit);
        drained.map_or(self.since + limit, |drained| drained.min(self.since + limit))
    }
}

/// What a call did; `None` when it would have had to wait.
fn none_if_would_block(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
        result => result.map(Some),
    }
}
