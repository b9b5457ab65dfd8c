//! A worker: one thread, one wait, many connections. It serves what it accepts or is handed, until its primary says
//! drain, or is gone.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, getrlimit};
use socket2::Socket;

use crate::channel::{Channel, Message, Received};
use crate::connection::{Connection, Next};
use crate::poller::{Interest, Poller};
use crate::port::BACKLOG;
use crate::site::Site;

/// Connections a worker has at once, or fewer where it may not open as many descriptors (`ulimit -n`).
pub const MAX_CONNECTIONS: u64 = 1_000;
/// Descriptors a worker needs for other things, with some to spare.
const RESERVED: u64 = 12;
/// How often overdue connections are looked for, and an accept that failed is tried again.
const SWEEP: Duration = Duration::from_millis(200);
/// The same while draining.
const DRAIN_SWEEP: Duration = Duration::from_millis(20);

const CHANNEL: u64 = 0;
const LISTENER: u64 = 1;
const FIRST_CONNECTION: u64 = 2;

struct Worker {
    channel: Channel,
    poller: Poller,
    listener: Option<TcpListener>,
    /// The listener is being watched: not while there is no room for another connection.
    accepting: bool,
    connections: HashMap<u64, Connection>,
    /// Handed over when there was no room: neither served nor acknowledged yet, so it is not lost if this worker dies.
    waiting: Option<TcpStream>,
    limit: usize,
    next: u64,
    site: Site,
    draining: bool,
    next_sweep: Instant,
}

/// The role of a worker. The primary blocked SIGINT and SIGTERM, and a child inherits that: so Ctrl-C, which goes to
/// the whole group, ends no worker in the middle of a request. The primary decides when they leave.
pub(crate) fn run() -> ExitCode {
    match Worker::new().and_then(Worker::work) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("worker: {error}");
            ExitCode::FAILURE
        }
    }
}

impl Worker {
    fn new() -> io::Result<Self> {
        let (channel, poller) = (Channel::to_primary()?, Poller::new()?);
        poller.watch(&channel, CHANNEL, Interest::EPOLLIN)?;
        channel.send(Message::Online, None)?;
        let descriptors = getrlimit(Resource::RLIMIT_NOFILE)?.0;
        Ok(Self {
            channel,
            poller,
            listener: None,
            accepting: false,
            connections: HashMap::new(),
            waiting: None,
            limit: descriptors.saturating_sub(RESERVED).clamp(1, MAX_CONNECTIONS) as usize,
            next: FIRST_CONNECTION,
            site: Site::default(),
            draining: false,
            next_sweep: Instant::now(),
        })
    }

    fn work(mut self) -> io::Result<()> {
        while !(self.draining && self.connections.is_empty() && self.waiting.is_none()) {
            let idle = self.connections.is_empty() && self.accepting == self.listener.is_some();
            let timeout = (!idle).then(|| self.next_sweep.saturating_duration_since(Instant::now()));
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

    /// Does what the primary says; false when it has gone.
    fn listen_to_primary(&mut self) -> io::Result<bool> {
        loop {
            match self.channel.receive()? {
                Received::Message(Message::Listen, socket) => {
                    if let Some(socket) = socket.map(Socket::from) {
                        socket.listen(BACKLOG)?; // for the shared one once more, which changes nothing
                        self.poller.watch(&socket, LISTENER, Interest::EPOLLIN)?;
                        (self.listener, self.accepting) = (Some(socket.into()), true);
                    }
                    self.channel.send(Message::Listening, None)?;
                }
                Received::Message(Message::Connection, Some(socket)) => {
                    self.waiting = Some(TcpStream::from(socket));
                    self.take_waiting()?;
                }
                Received::Message(Message::Drain, _) => self.drain()?,
                Received::Message(message, _) => {
                    return Err(io::Error::other(format!("a primary says no {message:?}")));
                }
                Received::Nothing => return Ok(true),
                Received::Closed => return Ok(false),
            }
        }
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
            // Another worker was faster, or the client left.
            Err(error) if is_transient(&error) => Ok(()),
            // No descriptor or memory left: asking again at once would only spin.
            Err(_) => self.watch_listener(false),
        }
    }

    fn watch_listener(&mut self, accepting: bool) -> io::Result<()> {
        if let Some(listener) = &self.listener
            && self.accepting != accepting
        {
            let interest = if accepting { Interest::EPOLLIN } else { Interest::empty() };
            self.poller.change(listener, LISTENER, interest)?;
            self.accepting = accepting;
        }
        Ok(())
    }

    fn adopt(&mut self, stream: TcpStream) -> io::Result<()> {
        let Ok(connection) = Connection::new(stream) else { return Ok(()) }; // its client has gone already
        let id = self.next;
        self.next += 1;
        self.poller.watch(&connection.stream, id, Interest::EPOLLIN)?;
        self.connections.insert(id, connection);
        self.serve(id)
    }

    fn serve(&mut self, id: u64) -> io::Result<()> {
        let Some(connection) = self.connections.get_mut(&id) else { return Ok(()) };
        // An error here is the client's: it reset the connection. That is its end, not ours.
        let next = connection.turn(&mut self.site, self.draining).unwrap_or(Next::Close);
        if next == Next::Close {
            return self.close(id);
        }
        if next != connection.waits_for {
            connection.waits_for = next;
            let interest = if next == Next::Read { Interest::EPOLLIN } else { Interest::EPOLLOUT };
            self.poller.change(&connection.stream, id, interest)?;
        }
        Ok(())
    }

    /// The primary keeps a copy of a socket it handed over until it has read the acknowledgement. So closing ours may
    /// not be the end of it: shut it down, and forget it.
    fn close(&mut self, id: u64) -> io::Result<()> {
        if let Some(connection) = self.connections.remove(&id) {
            self.poller.forget(&connection.stream)?;
            let _ = connection.stream.shutdown(Shutdown::Both); // fails where the client was faster
        }
        self.take_waiting()
    }

    /// Takes what the kernel has already connected to this worker's listener, then takes no more.
    fn drain(&mut self) -> io::Result<()> {
        self.draining = true;
        if let Some(listener) = self.listener.take() {
            while self.has_room() {
                match listener.accept() {
                    Ok((stream, _)) => self.adopt(stream)?,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) if is_transient(&error) => {}
                    Err(_) => break,
                }
            }
            self.poller.forget(&listener)?; // other workers may share it
        }
        self.connections.values_mut().for_each(Connection::drain);
        self.next_sweep = Instant::now();
        Ok(())
    }

    fn sweep(&mut self) -> io::Result<()> {
        let now = Instant::now();
        if now < self.next_sweep {
            return Ok(());
        }
        self.next_sweep = now + if self.draining { DRAIN_SWEEP } else { SWEEP };
        let overdue: Vec<u64> =
            self.connections.iter().filter(|(_, connection)| connection.is_overdue(now)).map(|(id, _)| *id).collect();
        for id in overdue {
            self.close(id)?;
        }
        if self.has_room() { self.watch_listener(true) } else { Ok(()) }
    }
}

fn is_transient(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted | ErrorKind::ConnectionAborted)
}
