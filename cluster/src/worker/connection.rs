//! One client's connection in a worker: requests in, replies out, never waiting, in bounded memory.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::socket::{MsgFlags, recv, send};

use super::context::WorkerContext;
use super::http;
use super::reply::Reply;
use crate::wire::poller::Interest;

/// The largest head of a request, in bytes: also all the input that is kept of a connection.
pub const MAX_HEAD: usize = 8 * 1024;
/// A connection is closed when nothing was asked or read on it for so long.
const IDLE: Duration = Duration::from_secs(60);
/// The same while the worker drains: time for a request that is already on its way.
const DRAIN_GRACE: Duration = Duration::from_millis(250);
/// While the worker drains, a request must be complete within this.
const DRAIN_REQUEST: Duration = Duration::from_secs(3);
/// After an early reply, what the client still sends is read and discarded for so long,
pub const LINGER: Duration = Duration::from_secs(5);
/// while the worker drains for so long,
const DRAIN_LINGER: Duration = Duration::from_secs(1);
/// and up to so many bytes.
pub const LINGER_BYTES: usize = 16 * 1024 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// To be closed once the output is out.
    Last,
    /// The same, but the client may still be sending. To close with input unread resets the connection, and the reset
    /// can overtake the reply: so first only our direction is closed.
    LastThenLinger,
    /// Our direction is closed; input is discarded until the client closes, too.
    Lingering,
}

#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    /// What the poller watches it for.
    pub(crate) waits_for: Interest,
    /// Requests that have arrived, perhaps in part.
    input: Vec<u8>,
    /// The input may have a whole request.
    unparsed: bool,
    /// The client sends no more. It still gets the replies to what it sent.
    ended: bool,
    /// What the kernel did not take.
    output: Vec<u8>,
    phase: Phase,
    discarded: usize,
    /// When it began to do what it does now: to idle, to receive a request, to wait for its reader, to linger.
    since: Instant,
    /// When a byte was last read or written.
    pub(crate) moved: Instant,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> Self {
        let now = Instant::now();
        Self {
            stream,
            waits_for: Interest::empty(),
            input: Vec::new(),
            unparsed: false,
            ended: false,
            output: Vec::new(),
            phase: Phase::Open,
            discarded: 0,
            since: now,
            moved: now,
        }
    }

    /// Another request may have arrived, and nothing keeps it from being answered.
    pub(crate) fn has_more(&self) -> bool {
        self.unparsed && self.phase == Phase::Open && self.output.is_empty()
    }

    fn in_request(&self) -> bool {
        self.phase == Phase::Open && self.output.is_empty() && !self.input.is_empty() && self.input != b"\r"
    }

    /// Does what can be done without waiting: one read, the reply to one request, one write. So replies leave one by
    /// one, and other connections have their turn in between. What it waits for then; `None` when it is to be closed.
    ///
    /// A client that does not read its replies stops here: no more of its requests are read.
    pub(crate) fn on_ready(&mut self, context: &mut WorkerContext) -> io::Result<Option<Interest>> {
        if self.output.is_empty() {
            if !self.unparsed && !self.ended {
                self.read(context)?;
            }
            if self.has_more() {
                self.answer_next(context);
            }
        }
        self.send()
    }

    fn read(&mut self, context: &mut WorkerContext) -> io::Result<()> {
        let room = MAX_HEAD - self.input.len();
        let received = recv(self.stream.as_raw_fd(), &mut context.buffer[..room], MsgFlags::MSG_DONTWAIT);
        let Some(count) = unless_not_now(received)? else { return Ok(()) };
        self.moved = Instant::now();
        if count == 0 {
            self.ended = true;
        } else if self.phase != Phase::Open {
            self.discarded += count;
        } else {
            let begins = self.input.is_empty();
            self.input.extend_from_slice(&context.buffer[..count]);
            http::normalize(&mut self.input);
            self.unparsed = true;
            if begins && !self.input.is_empty() {
                self.since = self.moved;
            }
        }
        Ok(())
    }

    /// Writes what there is for this client.
    fn send(&mut self) -> io::Result<Option<Interest>> {
        if !self.output.is_empty() {
            let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL;
            let count = unless_not_now(send(self.stream.as_raw_fd(), &self.output, flags))?.unwrap_or(0);
            self.output.drain(..count);
            if count > 0 {
                self.moved = Instant::now();
            }
            if !self.output.is_empty() {
                self.since = if count > 0 { self.moved } else { self.since };
                return Ok(Some(Interest::EPOLLOUT));
            }
        }
        if self.phase == Phase::Last || self.ended && !self.has_more() || self.discarded > LINGER_BYTES {
            return Ok(None);
        }
        if self.phase == Phase::LastThenLinger {
            self.stream.shutdown(Shutdown::Write)?;
            self.phase = Phase::Lingering;
            self.since = Instant::now();
        }
        Ok(Some(Interest::EPOLLIN))
    }

    /// Answers the next request, if it is whole.
    fn answer_next(&mut self, context: &mut WorkerContext) {
        let (request, length) = match http::parse(&self.input) {
            Ok(Some(parsed)) => parsed,
            Ok(None) if self.input.len() < MAX_HEAD => {
                self.unparsed = false;
                return;
            }
            Ok(None) if !self.input.contains(&b'\n') => return self.refuse(414, context),
            Ok(None) => return self.refuse(431, context),
            Err(status) => return self.refuse(status, context),
        };
        let more = self.input.len() > length;
        let drains = context.draining.is_some() && !more;
        let close = request.close || request.has_body || drains;
        let (status, body) = context.site.answer(&request);
        let reply = Reply { status, body: &body, head_only: request.method == "HEAD", close };
        reply.write(&mut self.output, context.date.now());
        if close {
            let may_still_send = request.has_body || more || drains && !request.close;
            self.phase = if may_still_send { Phase::LastThenLinger } else { Phase::Last };
            self.input = Vec::new(); // no more is answered; what still comes needs room to be read, or it would reset
        } else {
            self.input.drain(..length);
            http::normalize(&mut self.input);
        }
        self.unparsed = !self.input.is_empty();
        self.since = Instant::now();
    }

    fn refuse(&mut self, status: u16, context: &mut WorkerContext) {
        let head_only = self.input.starts_with(b"HEAD ");
        let body = match status {
            408 => "the request took too long to arrive\n",
            414 | 431 => "the head of a request has at most 8 KiB\n",
            501 => "the only transfer coding is chunked\n",
            505 => "this service speaks HTTP/1.1\n",
            _ => "this is no valid HTTP request\n",
        };
        Reply { status, body, head_only, close: true }.write(&mut self.output, context.date.now());
        self.phase = Phase::LastThenLinger;
        self.input = Vec::new();
        self.unparsed = false;
    }

    fn deadline(&self, context: &WorkerContext) -> Instant {
        match context.draining {
            None if self.phase == Phase::Lingering => self.since + LINGER,
            Some(_) if self.phase == Phase::Lingering => self.since + DRAIN_LINGER,
            None if self.in_request() => self.since + context.request_time,
            Some(began) if self.in_request() => {
                (self.since + context.request_time).min(self.since.max(began) + DRAIN_REQUEST)
            }
            Some(began) if self.output.is_empty() => self.since.max(began) + DRAIN_GRACE,
            _ => self.since + IDLE,
        }
    }

    /// What takes too long ends, but first what has arrived is answered. A client that has sent part of a request is
    /// told the reason.
    pub(crate) fn on_timeout(&mut self, context: &mut WorkerContext) -> io::Result<Option<Interest>> {
        if Instant::now() < self.deadline(context) {
            return Ok(Some(self.waits_for));
        }
        let before = self.since;
        let next = self.on_ready(context)?;
        if next.is_none() || self.since != before || self.has_more() {
            return Ok(next);
        }
        if self.in_request() {
            self.refuse(408, context);
            return self.send();
        }
        Ok(None)
    }
}

/// What a call did; `None` when it would have had to wait.
fn unless_not_now(result: nix::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Err(Errno::EAGAIN | Errno::EINTR) => Ok(None),
        result => Ok(Some(result?)),
    }
}
