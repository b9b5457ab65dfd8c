//! One client's connection in a worker: requests in, replies out, never waiting, in bounded memory.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::socket::{MsgFlags, recv, send};

use crate::http;
use crate::poller::Interest;
use crate::site::Site;

/// The largest head of a request, in bytes: also all the input that is kept of a connection. It bounds the output as
/// well: the replies to so many bytes of requests.
pub const MAX_HEAD: usize = 8 * 1024;
/// A connection is closed when nothing was asked or read on it for so long.
const IDLE: Duration = Duration::from_secs(60);
/// The same while the worker drains: time for a request that is already on its way.
const DRAIN_GRACE: Duration = Duration::from_millis(250);
/// Where there is no room for another, a connection on which nothing moved for so long makes way.
const STALE: Duration = Duration::from_secs(1);
/// How long a refused client may take to read the refusal and close.
const LINGER: Duration = Duration::from_secs(1);

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

/// What all the connections of a worker have in common.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) site: Site,
    /// What was just read.
    pub(crate) buffer: Box<[u8; MAX_HEAD]>,
    pub(crate) request_time: Duration,
    /// Since when the worker drains.
    pub(crate) draining: Option<Instant>,
    /// Others wait for room.
    pub(crate) crowded: bool,
}

#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    /// What the poller watches it for.
    pub(crate) waits_for: Interest,
    /// The beginning of a request.
    input: Vec<u8>,
    /// What the kernel did not take.
    output: Vec<u8>,
    phase: Phase,
    /// When it began to do what it does now: to idle, to send a request, to read no reply, to linger.
    since: Instant,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> Self {
        let (input, output, since) = (Vec::new(), Vec::new(), Instant::now());
        Self { stream, waits_for: Interest::empty(), input, output, phase: Phase::Open, since }
    }

    /// Does what can be done without waiting: one read, the replies to what is complete, one write. What it waits for
    /// then; `None` when it is to be closed.
    pub(crate) fn turn(&mut self, desk: &mut Desk) -> io::Result<Option<Interest>> {
        let mut ended = false;
        // A client that does not read its replies stops here: no more of its requests are read.
        if self.output.is_empty() {
            let room = MAX_HEAD - self.input.len();
            match unless_not_now(recv(self.stream.as_raw_fd(), &mut desk.buffer[..room], MsgFlags::MSG_DONTWAIT))? {
                Some(0) => ended = true, // perhaps of its side only: it still gets the replies to what it sent
                Some(count) if self.phase == Phase::Open => self.answer(desk, count),
                _ => {}
            }
        }
        self.send(ended)
    }

    /// Writes what there is for this client.
    fn send(&mut self, ended: bool) -> io::Result<Option<Interest>> {
        if !self.output.is_empty() {
            let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL;
            let count = unless_not_now(send(self.stream.as_raw_fd(), &self.output, flags))?.unwrap_or(0);
            self.output.drain(..count);
            if !self.output.is_empty() {
                self.since = if count > 0 { Instant::now() } else { self.since };
                return Ok(Some(Interest::EPOLLOUT));
            }
        }
        if ended || self.phase == Phase::Last {
            return Ok(None);
        }
        if self.phase == Phase::LastThenLinger {
            self.stream.shutdown(Shutdown::Write)?;
            (self.phase, self.since) = (Phase::Lingering, Instant::now());
        }
        Ok(Some(Interest::EPOLLIN))
    }

    /// Answers, in their order, the requests that are whole with the `count` bytes that were just read.
    fn answer(&mut self, desk: &mut Desk, count: usize) {
        let begins = self.input.is_empty();
        self.input.extend_from_slice(&desk.buffer[..count]);
        let mut done = 0;
        while self.phase == Phase::Open {
            match http::parse(&self.input[done..]) {
                Ok(None) if self.input.len() - done == MAX_HEAD => self.refuse(431),
                Ok(None) => break,
                Err(status) => self.refuse(status),
                Ok(Some((request, length))) => {
                    done += length;
                    let rest = self.input.len() > done;
                    let close = request.close || request.has_body || desk.draining.is_some() && !rest;
                    let (status, body) = desk.site.answer(&request);
                    http::reply(&mut self.output, status, &body, request.method == "HEAD", close);
                    self.phase = match close {
                        false => Phase::Open,
                        true if request.has_body || rest => Phase::LastThenLinger,
                        true => Phase::Last,
                    };
                }
            }
        }
        if done > 0 || begins {
            self.since = Instant::now();
        }
        self.input.drain(..done);
        if self.phase != Phase::Open {
            self.input = Vec::new(); // no more is answered; what still comes needs room to be read, or it would reset
        }
    }

    fn refuse(&mut self, status: u16) {
        http::reply(&mut self.output, status, "", false, true);
        self.phase = Phase::LastThenLinger;
    }

    /// What takes too long ends: half a request gets a status; an idle client a last look at whether it has just asked.
    /// Where others wait for room, one on which nothing moves makes way.
    pub(crate) fn expire(&mut self, desk: &mut Desk) -> io::Result<Option<Interest>> {
        let (now, since) = (Instant::now(), self.since);
        let in_request = self.phase == Phase::Open && self.output.is_empty() && !self.input.is_empty();
        let deadline = match desk.draining {
            _ if self.phase == Phase::Lingering => since + LINGER,
            _ if in_request => since + desk.request_time,
            Some(began) if self.output.is_empty() => since.max(began) + DRAIN_GRACE,
            _ => since + IDLE,
        };
        if now < deadline {
            let makes_way = desk.crowded && now > since + STALE;
            return Ok((!makes_way).then_some(self.waits_for));
        }
        if in_request {
            self.refuse(408);
            return self.send(false);
        }
        let next = self.turn(desk)?;
        Ok(next.filter(|_| self.since != since))
    }
}

/// What a call did; `None` when it would have had to wait.
fn unless_not_now(result: nix::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Err(Errno::EAGAIN | Errno::EINTR) => Ok(None),
        result => Ok(Some(result?)),
    }
}
