//! Room for connections: how a full worker makes some, and never more than clients are waiting.

use std::io::{self, ErrorKind};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use nix::sys::epoll::{EpollEvent, EpollFlags};

use super::{LISTENER, Worker};
use crate::wire::channel::Message;

/// A connection without progress for so long (idle, in a request, in a reply) may be closed for a client that waits.
const STALE: Duration = Duration::from_secs(1);
/// Why there is nothing to accept any more: another worker was faster, or the client left.
const PASSING: [ErrorKind; 2] = [ErrorKind::WouldBlock, ErrorKind::ConnectionAborted];

impl Worker {
    /// Takes no more connections: one could not be served, and waits in the kernel or in the primary.
    fn pause(&mut self) -> io::Result<()> {
        self.paused = true;
        match &self.listener {
            Some(listener) => Ok(self.epoll.delete(listener)?), // other processes have it as well
            None => self.channel.send(Message::NoRoom, None),
        }
    }

    /// Takes connections again, if it had paused: there is room, or may be made. What fails is tried again at the next
    /// sweep.
    pub(super) fn resume(&mut self) {
        if self.paused {
            let resumed = match &self.listener {
                Some(one) => self.epoll.add(one, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER)).map_err(Into::into),
                None => self.channel.send(Message::Ready, None),
            };
            self.paused = resumed.is_err();
        }
    }

    /// A client waits: its connection was handed over, or is the next one of the listener. One at a time, so workers
    /// that share a listener share a rush of clients as well. A full worker closes its stalest connection for it.
    pub(super) fn on_client(&mut self, handed: Option<TcpStream>) -> io::Result<()> {
        let makes_way = if self.has_room() { None } else { self.stalest() };
        if makes_way.is_none() && !self.has_room() {
            return self.pause();
        }
        let stream = match (handed, &self.listener) {
            (Some(stream), _) => {
                // Acknowledged first: what dies unacknowledged goes to another worker, and no request may be done twice.
                self.channel.send(Message::Ready, None)?;
                stream
            }
            (None, Some(listener)) => match listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if PASSING.contains(&error.kind()) => return Ok(()),
                Err(_) => return self.starve(), // asking again at once would only spin
            },
            (None, None) => return Ok(()), // it was closed in the same round
        };
        makes_way.into_iter().for_each(|id| self.close(id));
        stream.set_nonblocking(true)?;
        self.adopt(stream);
        Ok(())
    }

    fn has_room(&self) -> bool {
        self.connections.len() < self.capacity
    }

    /// This process has no descriptor or no memory left for a connection. Closing one makes room.
    pub(super) fn starve(&mut self) -> io::Result<()> {
        self.pause()?;
        self.stalest().into_iter().for_each(|id| self.close(id));
        Ok(())
    }

    /// The connection without progress for the longest time, if that is long enough. What has arrived is
    /// answered first. `None` also when that has closed a connection: then there is room.
    fn stalest(&mut self) -> Option<u64> {
        let ages = self.connections.iter().map(|(id, connection)| (connection.since, *id));
        let mut stale: Vec<(Instant, u64)> = ages.filter(|(since, _)| since.elapsed() > STALE).collect();
        stale.sort_unstable();
        for (since, id) in stale {
            self.step(id);
            if self.connections.get(&id)?.since == since {
                return Some(id);
            }
        }
        None
    }
}
