//! A worker: one thread, one wait, many connections. It serves what it accepts or is handed, until its primary says
//! drain, or is gone.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, getrlimit};
use socket2::Socket;

use crate::channel::{Channel, Message, Received};
use crate::connection::{Connection, Desk, Next};
use crate::poller::{Interest, Poller};
use crate::port::BACKLOG;
use crate::settings::Settings;

/// Descriptors a worker needs for other things, with some to spare.
const RESERVED: u64 = 12;
/// How often overdue connections are looked for, and an accept that failed is tried again.
const SWEEP: Duration = Duration::from_millis(200);
/// The same while draining.
const DRAIN_SWEEP: Duration = Duration::from_millis(20);
/// Where there is no room for another, a connection on which nothing moved for so long makes way.
const STALE: Duration = Duration::from_secs(1);

const CHANNEL: u64 = 0;
const LISTENER: u64 = 1;
const FIRST_CONNECTION: u64 = 2;

struct Worker {
    channel: Channel,
    poller: Poller,
    listener: Option<TcpListener>,
    /// How the listener is watched: all that wait are woken by a connection, or one of them.
    interest: Interest,
    /// It is being watched: not while there is no room for another connection.
    accepting: bool,
    connections: HashMap<u64, Connection>,
    /// Handed over when there was no room: neither served nor acknowledged yet, so it is not lost if this worker dies.
    waiting: Option<TcpStream>,
    limit: usize,
    next: u64,
    desk: Desk,
    next_sweep: Instant,
}

/// The role of a worker. The primary blocked its signals, and a child inherits that: so Ctrl-C, which goes to the
/// whole group, ends no worker in the middle of a request. The primary decides when they leave.
pub(crate) fn run(settings: &Settings) -> io::Result<()> {
    Worker::new(settings)?.work()
}

impl Worker {
    fn new(settings: &Settings) -> io::Result<Self> {
        let (channel, poller) = (Channel::to_primary()?, Poller::new()?);
        poller.watch(&channel, CHANNEL, Interest::EPOLLIN)?;
        channel.send(Message::Online, None)?;
        let descriptors = getrlimit(Resource::RLIMIT_NOFILE)?.0.saturating_sub(RESERVED).max(1);
        let exclusive = if settings.exclusive { Interest::EPOLLEXCLUSIVE } else { Interest::empty() };
        Ok(Self {
            channel,
            poller,
            listener: None,
            interest: Interest::EPOLLIN | exclusive,
            accepting: false,
            connections: HashMap::new(),
            waiting: None,
            limit: settings.connections.min(descriptors as usize),
            next: FIRST_CONNECTION,
            desk: Desk::new(settings),
            next_sweep: Instant::now(),
        })
    }

    fn work(mut self) -> io::Result<()> {
        let some = |worker: &Self| worker.waiting.is_some() || !worker.connections.is_empty();
        while self.desk.draining.is_none() || self.listener.is_some() || some(&self) {
            let idle = self.connections.is_empty() && self.accepting == self.listener.is_some();
            let timeout = (!idle || self.desk.draining.is_some())
                .then(|| self.next_sweep.saturating_duration_since(Instant::now()));
            for token in self.poller.wait(timeout)? {
                match token {
                    CHANNEL if !self.listen_to_primary()? => return Ok(()),
                    CHANNEL => {}
                    LISTENER => self.accept()?,
                    id => self.serve(id)?,
                }
            }
            self.sweep()?;
        }
        Ok(())
    }

    /// Does the next thing that the primary says; false when it has gone. If it said more, the poller tells.
    fn listen_to_primary(&mut self) -> io::Result<bool> {
        match self.channel.receive()? {
            Received::Message(Message::Listen, socket) => {
                if let Some(socket) = socket.map(Socket::from) {
                    socket.listen(BACKLOG)?; // for one that listens already once more, which changes nothing
                    self.listener = Some(socket.into());
                    self.watch_listener(true)?;
                }
                self.channel.send(Message::Listening, None)?;
            }
            Received::Message(Message::Connection, Some(socket)) => {
                self.waiting = Some(TcpStream::from(socket));
                self.take_waiting()?;
            }
            Received::Message(message @ (Message::Leave | Message::Drain), _) => self.drain(message)?,
            Received::Message(message, _) => return Err(io::Error::other(format!("a primary says no {message:?}"))),
            Received::Nothing => {}
            Received::Closed => return Ok(false),
        }
        Ok(true)
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
            // No more wait behind a port that is shut.
            Err(error) if self.desk.draining.is_some() && error.kind() == ErrorKind::WouldBlock => {
                self.watch_listener(false)?;
                self.listener = None;
                Ok(())
            }
            Err(error) => match error.kind() {
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

    /// Serves a new connection. Most have brought their request, and many end with it: those are never waited for.
    fn adopt(&mut self, stream: TcpStream) -> io::Result<()> {
        let Ok(mut connection) = Connection::new(stream) else { return Ok(()) }; // its client has gone already
        match connection.turn(&mut self.desk).unwrap_or(Next::Close) {
            Next::Close => connection.shut(),
            next => {
                self.poller.watch(&connection.stream, self.next, interest(next))?;
                connection.waits_for = next;
                self.connections.insert(self.next, connection);
                self.next += 1;
            }
        }
        Ok(())
    }

    fn serve(&mut self, id: u64) -> io::Result<()> {
        let next = self.connections.get_mut(&id).map(|connection| connection.turn(&mut self.desk));
        self.follow(id, next)
    }

    /// Waits for what a connection waits for. An error is its client's, who reset it: its end, not ours.
    fn follow(&mut self, id: u64, next: Option<io::Result<Next>>) -> io::Result<()> {
        let (Some(next), Some(connection)) = (next, self.connections.get_mut(&id)) else { return Ok(()) };
        let next = next.unwrap_or(Next::Close);
        if next == Next::Close {
            return self.close(id);
        }
        if next != connection.waits_for {
            connection.waits_for = next;
            self.poller.change(&connection.stream, id, interest(next))?;
        }
        Ok(())
    }

    fn close(&mut self, id: u64) -> io::Result<()> {
        if let Some(connection) = self.connections.remove(&id) {
            self.poller.forget(&connection.stream)?; // the primary may still have it
            connection.shut();
        }
        self.take_waiting()
    }

    fn drain(&mut self, how: Message) -> io::Result<()> {
        self.desk.draining = Some(Instant::now());
        if how == Message::Leave {
            self.watch_listener(false)?;
            self.listener = None;
        }
        self.next_sweep = Instant::now();
        Ok(())
    }

    fn sweep(&mut self) -> io::Result<()> {
        let now = Instant::now();
        if now < self.next_sweep {
            return Ok(());
        }
        self.next_sweep = now + if self.desk.draining.is_some() { DRAIN_SWEEP } else { SWEEP };
        for id in self.all(|connection| connection.is_overdue(now, &self.desk)) {
            let next = self.connections.get_mut(&id).map(|connection| connection.expire(&mut self.desk));
            self.follow(id, next)?;
        }
        // Those who leave connections open must not keep the others out.
        let wanted = self.waiting.is_some() || self.listener.is_some();
        if wanted && !self.has_room() {
            for id in self.all(|connection| now.duration_since(connection.since) > STALE) {
                self.close(id)?;
            }
        }
        if self.has_room() {
            self.watch_listener(true)?;
        }
        // No event tells that the queue of a port that is shut has become empty.
        if self.desk.draining.is_some() { self.accept() } else { Ok(()) }
    }

    fn all(&self, of_interest: impl Fn(&Connection) -> bool) -> Vec<u64> {
        self.connections.iter().filter(|(_, connection)| of_interest(connection)).map(|(id, _)| *id).collect()
    }
}

fn interest(next: Next) -> Interest {
    if next == Next::Read { Interest::EPOLLIN } else { Interest::EPOLLOUT }
}
