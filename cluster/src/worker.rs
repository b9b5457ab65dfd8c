//! A worker: one thread, one wait, many connections. It serves what it accepts or is handed, until its primary says
//! drain, or is gone.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::mem;
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, getrlimit};

use crate::channel::{Channel, Message};
use crate::connection::{Connection, Desk, MAX_HEAD};
use crate::poller::{Interest, Poller};
use crate::settings::Settings;
use crate::site::Site;

/// Descriptors a worker needs for other things, with some to spare.
const RESERVED: u64 = 12;
/// How often overdue connections are looked for, and an accept that failed is tried again.
const SWEEP: Duration = Duration::from_millis(200);
/// The same while draining.
const DRAIN_SWEEP: Duration = Duration::from_millis(20);

// Any other token is the descriptor of a connection.
const CHANNEL: u64 = u64::MAX;
const LISTENER: u64 = u64::MAX - 1;

/// What a connection can do.
type Act = fn(&mut Connection, &mut Desk) -> io::Result<Option<Interest>>;

struct Worker {
    channel: Channel,
    poller: Poller,
    listener: Option<TcpListener>,
    /// How the listener is watched: all that wait are woken by a connection, or one of them.
    interest: Interest,
    /// It is being watched: not while there is no room for another connection.
    accepting: bool,
    /// By their descriptors. An event for one that was closed in the same round may find its successor: no harm done,
    /// since none ever waits.
    connections: HashMap<u64, Connection>,
    /// Handed over when there was no room: neither served nor acknowledged yet, so it is not lost if this worker dies.
    waiting: Option<TcpStream>,
    limit: usize,
    desk: Desk,
    next_sweep: Instant,
}

/// The role of a worker. The primary blocked its signals, and a child inherits that: so Ctrl-C, which goes to the
/// whole group, ends no worker in the middle of a request. The primary decides when they leave.
pub(crate) fn run(settings: &Settings) -> io::Result<()> {
    let (channel, poller) = (Channel::to_primary()?, Poller::new()?);
    poller.watch(&channel, CHANNEL, Interest::EPOLLIN)?;
    channel.send(Message::Online, None)?;
    let descriptors = getrlimit(Resource::RLIMIT_NOFILE)?.0.saturating_sub(RESERVED).max(1);
    let site = Site::new(settings.allow_faults);
    let exclusive = if settings.exclusive { Interest::EPOLLEXCLUSIVE } else { Interest::empty() };
    let worker = Worker {
        channel,
        poller,
        listener: None,
        interest: Interest::EPOLLIN | exclusive,
        accepting: false,
        connections: HashMap::new(),
        waiting: None,
        limit: settings.connections.min(descriptors as usize),
        desk: Desk {
            site,
            buffer: Box::new([0; MAX_HEAD]),
            request_time: settings.request_time,
            draining: None,
            crowded: false,
        },
        next_sweep: Instant::now(),
    };
    // Without its primary it leaves: that has gone when the channel ends.
    worker.work().or_else(|error| if error.kind() == ErrorKind::UnexpectedEof { Ok(()) } else { Err(error) })
}

impl Worker {
    fn work(mut self) -> io::Result<()> {
        loop {
            let draining = self.desk.draining.is_some();
            let idle = self.connections.is_empty() && self.accepting == self.listener.is_some();
            if draining && idle && self.listener.is_none() && self.waiting.is_none() {
                return Ok(());
            }
            for token in self.poller.wait((draining || !idle).then_some(self.pause()))? {
                match token {
                    CHANNEL => self.listen_to_primary()?,
                    LISTENER => self.accept()?,
                    id => self.step(id, Connection::turn)?,
                }
            }
            let now = Instant::now();
            if now >= self.next_sweep {
                self.next_sweep = now + self.pause();
                self.sweep()?;
            }
        }
    }

    fn pause(&self) -> Duration {
        if self.desk.draining.is_some() { DRAIN_SWEEP } else { SWEEP }
    }

    /// Does the next thing that the primary says. If it said more, the poller tells.
    fn listen_to_primary(&mut self) -> io::Result<()> {
        match self.channel.receive()? {
            None => {}
            Some((Message::Listen, listener)) => {
                self.listener = listener.map(TcpListener::from);
                self.watch_listener(true)?;
                self.channel.send(Message::Listening, None)?;
            }
            Some((Message::Connection, socket)) => {
                self.waiting = socket.map(TcpStream::from);
                self.take_waiting()?;
            }
            Some((how @ (Message::Leave | Message::Drain), _)) => {
                if how == Message::Leave {
                    self.close_listener()?;
                }
                self.next_sweep = Instant::now();
                self.desk.draining = Some(self.next_sweep);
            }
            Some((message, _)) => return Err(io::Error::other(format!("a primary says no {message:?}"))),
        }
        Ok(())
    }

    fn has_room(&self) -> bool {
        self.connections.len() < self.limit
    }

    /// Serves the connection that was handed over, if there is room. Acknowledged first: what dies unacknowledged goes
    /// to another worker, and no request may be done twice.
    fn take_waiting(&mut self) -> io::Result<()> {
        if self.has_room()
            && let Some(stream) = self.waiting.take()
        {
            self.channel.send(Message::Taken, None)?;
            self.adopt(stream)?;
        }
        Ok(())
    }

    /// Accepts one connection. With one at a time, workers that share a listener share the rush as well.
    fn accept(&mut self) -> io::Result<()> {
        let Some(listener) = &self.listener else { return Ok(()) };
        if !self.has_room() {
            return self.watch_listener(false);
        }
        match listener.accept() {
            Ok((stream, _)) => self.adopt(stream),
            Err(error) => match error.kind() {
                // No more wait behind a port that is shut.
                ErrorKind::WouldBlock if self.desk.draining.is_some() => self.close_listener(),
                // Another worker was faster, or the client left.
                ErrorKind::WouldBlock | ErrorKind::Interrupted | ErrorKind::ConnectionAborted => Ok(()),
                // No descriptor or memory left: asking again at once would only spin.
                _ => self.watch_listener(false),
            },
        }
    }

    /// An exclusive watch cannot be changed (epoll_ctl(2)), so it begins and ends.
    fn watch_listener(&mut self, accepting: bool) -> io::Result<()> {
        let Some(listener) = self.listener.as_ref().filter(|_| self.accepting != accepting) else { return Ok(()) };
        self.accepting = accepting;
        match accepting {
            true => self.poller.watch(listener, LISTENER, self.interest),
            false => self.poller.forget(listener), // other processes have it as well
        }
    }

    fn close_listener(&mut self) -> io::Result<()> {
        self.watch_listener(false)?;
        self.listener = None;
        Ok(())
    }

    /// Serves a new connection. Most have brought their request, and many end with it: those are never waited for.
    fn adopt(&mut self, stream: TcpStream) -> io::Result<()> {
        let id = stream.as_raw_fd() as u64;
        self.connections.insert(id, Connection::new(stream));
        self.step(id, Connection::turn)
    }

    /// Lets a connection do something, and waits for what it waits for then. An error is its client's, who reset it:
    /// its end, not ours.
    fn step(&mut self, id: u64, act: Act) -> io::Result<()> {
        let Some(connection) = self.connections.get_mut(&id) else { return Ok(()) };
        let Ok(Some(interest)) = act(connection, &mut self.desk) else { return self.close(id) };
        match mem::replace(&mut connection.waits_for, interest) {
            before if before == interest => Ok(()),
            before if before.is_empty() => self.poller.watch(&connection.stream, id, interest),
            _ => self.poller.change(&connection.stream, id, interest),
        }
    }

    fn close(&mut self, id: u64) -> io::Result<()> {
        if let Some(connection) = self.connections.remove(&id)
            && !connection.waits_for.is_empty()
        {
            self.poller.forget(&connection.stream)?; // the primary may still have it
        }
        self.take_waiting()
    }

    /// Looks for what no event tells of: that something takes too long, that there is room again, that the queue of a
    /// port that is shut has become empty.
    fn sweep(&mut self) -> io::Result<()> {
        self.desk.crowded = !self.has_room() && (self.waiting.is_some() || self.listener.is_some());
        for id in self.connections.keys().copied().collect::<Vec<_>>() {
            self.step(id, Connection::expire)?;
        }
        if self.has_room() {
            self.watch_listener(true)?;
        }
        if self.desk.draining.is_some() { self.accept() } else { Ok(()) }
    }
}
