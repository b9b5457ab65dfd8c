//! Room for connections: how a full worker makes some, and never more than clients are waiting.

use std::io::{self, ErrorKind};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::Worker;
use super::connection::Connection;
use crate::wire::channel::Message;

/// A connection on which nothing has moved for so long may be closed for a client that waits.
const STALE: Duration = Duration::from_secs(1);

impl Worker {
    fn has_room(&self) -> bool {
        self.connections.len() < self.capacity && !self.starved
    }

    /// As soon as there is room, the worker listens again.
    pub(super) fn use_room(&mut self) -> io::Result<()> {
        if !self.has_room() {
            return Ok(());
        }
        self.watch_listener(true)?;
        self.take_unacked()?;
        if self.turned_away && self.has_room() {
            self.turned_away = false;
            self.channel.send(Message::Room, None)?;
        }
        Ok(())
    }

    /// Serves the connection that was handed over, if there is room or can be made. Acknowledged first: what dies
    /// unacknowledged goes to another worker, and no request may be done twice.
    pub(super) fn take_unacked(&mut self) -> io::Result<()> {
        if self.unacked.is_some()
            && !self.has_room()
            && let Some(id) = self.longest_idle()?
        {
            self.close(id)?;
        }
        if self.has_room()
            && let Some(stream) = self.unacked.take()
        {
            self.channel.send(Message::Taken, None)?;
            self.adopt(stream)?;
        }
        Ok(())
    }

    /// A connection came without its descriptor: this process may open no more for now.
    pub(super) fn turn_away(&mut self) -> io::Result<()> {
        self.starved = true;
        self.turned_away = true;
        self.channel.send(Message::NoRoom, None)?;
        if let Some(id) = self.longest_idle()? {
            self.close(id)?;
        }
        Ok(())
    }

    /// Accepts one connection; a full worker closes an idle one for it. With one at a time, workers that share a
    /// listener share a rush of clients as well.
    pub(super) fn accept(&mut self) -> io::Result<()> {
        let makes_way = if self.has_room() { None } else { self.longest_idle()? };
        if makes_way.is_none() && !self.has_room() {
            return self.watch_listener(false);
        }
        match self.listener.as_ref().map(TcpListener::accept) {
            None => Ok(()),
            Some(Ok((stream, _))) => {
                makes_way.map_or(Ok(()), |id| self.close(id))?;
                self.adopt(stream)
            }
            Some(Err(error)) => match error.kind() {
                // Another worker was faster, or the client left.
                ErrorKind::WouldBlock | ErrorKind::Interrupted | ErrorKind::ConnectionAborted => Ok(()),
                // No descriptor or memory left: asking again at once would only spin.
                _ => self.starve(),
            },
        }
    }

    fn starve(&mut self) -> io::Result<()> {
        self.starved = true;
        match self.longest_idle()? {
            Some(id) => self.close(id),
            None => self.watch_listener(false),
        }
    }

    /// The connection on which nothing has moved for the longest time, if that is long enough. What has arrived is
    /// answered first.
    fn longest_idle(&mut self) -> io::Result<Option<u64>> {
        let now = Instant::now();
        let mut stale: Vec<(Instant, u64)> = Vec::new();
        for (id, connection) in &self.connections {
            if now > connection.moved + STALE {
                stale.push((connection.moved, *id));
            }
        }
        stale.sort_unstable();
        for (moved, id) in stale {
            self.step(id, Connection::on_ready)?;
            if self.connections.get(&id).is_some_and(|connection| connection.moved == moved) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }
}
