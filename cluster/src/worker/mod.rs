//! A worker: one thread, one wait, many connections. It serves what it accepts or is handed, until its primary says
//! leave, or is gone.

pub mod connection; // one client's connection: never waiting, in bounded memory
mod http; // a request's head
mod reply; // what goes back
mod room; // which connections there is room for
pub mod site; // what the service answers
mod uri; // where a request goes

use std::collections::HashMap;
use std::fs;
use std::io;
use std::mem;
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd};
use std::time::{Duration, Instant};

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};
use nix::sys::resource::{Resource, getrlimit};
use nix::sys::signal::{SigSet, Signal};

use crate::schedule::Schedule;
use crate::settings::Settings;
use crate::wire::channel::{Channel, Message};
use crate::wire::poller::wait;
use connection::{Connection, MAX_HEAD, WorkerContext};
use site::Site;

/// Descriptors a worker may still open besides its connections: one for a connection that waits for room.
const RESERVED: usize = 1;
/// How often overdue connections are looked for, and an accept that failed is tried again.
const SWEEP_MS: u16 = 50;

// Any other token is the descriptor of a connection.
const CHANNEL: u64 = u64::MAX;
const LISTENER: u64 = u64::MAX - 1;

struct Worker {
    channel: Channel,
    epoll: Epoll,
    listener: Option<TcpListener>,
    /// There was no room for a connection that waits: none is taken until there may be.
    paused: bool,
    /// By their descriptors. An event for one that was closed in the same round may reach a new one with the same number:
    /// that does no harm, since a read never waits.
    connections: HashMap<u64, Connection>,
    capacity: usize,
    leaving: bool,
    context: WorkerContext,
    next_sweep: Instant,
}

/// The role of a worker. It blocks the signals that go to a whole group, so Ctrl-C ends no worker in the middle of a
/// request: the primary decides when they leave. When that has gone, the channel ends, and so does the worker.
pub(crate) fn run(settings: &Settings) -> io::Result<()> {
    SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP]).thread_block()?;
    let (channel, epoll) = (Channel::to_primary()?, Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?);
    epoll.add(&channel.0, EpollEvent::new(EpollFlags::EPOLLIN, CHANNEL))?;
    let listener = match settings.schedule {
        Schedule::RoundRobin => None,
        Schedule::Shared | Schedule::Reuseport => Some(TcpListener::from(io::stdout().as_fd().try_clone_to_owned()?)),
    };
    if let Some(listener) = &listener {
        epoll.add(listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
    }
    channel.send(Message::Ready, None)?;
    let site = Site::new(settings.allow_faults);
    let worker = Worker {
        channel,
        epoll,
        listener,
        paused: false,
        connections: HashMap::new(),
        capacity: free_descriptors()?.saturating_sub(RESERVED).clamp(1, settings.connections),
        leaving: false,
        context: WorkerContext { site, buffer: Box::new([0; MAX_HEAD]), draining: None },
        next_sweep: Instant::now(),
    };
    worker.work()
}

/// How many descriptors this process may still open: the limit, less those that are open.
fn free_descriptors() -> io::Result<usize> {
    let open = fs::read_dir("/proc/self/fd")?.count() - 1; // one of them is for reading this
    let limit = getrlimit(Resource::RLIMIT_NOFILE)?.0;
    Ok(usize::try_from(limit).unwrap_or(usize::MAX).saturating_sub(open))
}

impl Worker {
    fn work(mut self) -> io::Result<()> {
        while !(self.leaving && self.connections.is_empty()) {
            // Where nothing can become due, it sleeps until something happens.
            let may_become_due = self.paused || !self.connections.is_empty();
            for token in wait(&self.epoll, may_become_due.then_some(SWEEP_MS))? {
                match token {
                    CHANNEL => self.on_message()?,
                    LISTENER => self.on_client(None)?,
                    id => self.step(id),
                }
            }
            if Instant::now() >= self.next_sweep {
                self.sweep();
            }
        }
        Ok(())
    }

    /// Looks for what no event reports: that something takes too long, or that room can be made for a client that waits.
    fn sweep(&mut self) {
        let now = Instant::now();
        self.next_sweep = now + Duration::from_millis(SWEEP_MS.into());
        let overdue = self.connections.iter().filter(|(_, connection)| connection.deadline(&self.context) <= now);
        let ids: Vec<u64> = overdue.map(|(id, _)| *id).collect();
        ids.into_iter().for_each(|id| self.step(id));
        self.resume();
    }

    /// Handles one message of the primary. If there are more, the next wait reports it.
    fn on_message(&mut self) -> io::Result<()> {
        let Some((message, attached)) = self.channel.receive()? else { return Ok(()) };
        match (message, attached) {
            (Message::Connection, Some(socket)) => self.on_client(Some(socket.into())),
            (Message::Connection, None) => self.starve(),
            (Message::Drain | Message::Leave, _) => {
                self.leaving = message == Message::Leave;
                self.context.draining.get_or_insert_with(Instant::now);
                // While paused, the listener is not watched.
                if let Some(listener) = self.listener.take()
                    && !mem::take(&mut self.paused)
                {
                    self.epoll.delete(listener)?; // other processes have it as well
                }
                Ok(())
            }
            _ => Err(io::Error::other(format!("protocol violation: a primary never sends {message:?}"))),
        }
    }

    /// Serves a new connection. Its first byte is there already. A connection that ends with its first request is never
    /// added to the epoll.
    fn adopt(&mut self, stream: TcpStream) {
        let id = stream.as_raw_fd() as u64;
        self.connections.insert(id, Connection::new(stream));
        self.step(id);
    }

    /// Lets a connection do what it can, then watches it for what it needs next. An error ends this connection alone: its
    /// client has reset it.
    fn step(&mut self, id: u64) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let Ok(Some(waits_for)) = connection.on_ready(&mut self.context) else { return self.close(id) };
        let watched = match mem::replace(&mut connection.waits_for, waits_for) {
            before if before == waits_for => Ok(()),
            before if before.is_empty() => self.epoll.add(&connection.stream, EpollEvent::new(waits_for, id)),
            _ => self.epoll.modify(&connection.stream, &mut EpollEvent::new(waits_for, id)),
        };
        watched.unwrap_or_else(|_| self.close(id)); // no memory to watch it
    }

    /// Closes a connection. That makes room.
    fn close(&mut self, id: u64) {
        if let Some(connection) = self.connections.remove(&id)
            && !connection.waits_for.is_empty()
        {
            let _ = self.epoll.delete(&connection.stream); // the primary may still have it
        }
        self.resume();
    }
}
