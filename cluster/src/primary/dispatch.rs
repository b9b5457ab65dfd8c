//! Connections accepted and assigned: always under round-robin, and under every schedule while the service ends.

use std::io;
use std::os::fd::AsFd;
use std::time::Instant;

use super::{LISTENER, Primary};
use crate::wire::channel::Message;
use crate::wire::poller::Interest;

/// One event reports that a connection waits; the next one comes only after the primary has found that none does. While
/// there are more than workers can take, they wait in the kernel without waking the primary.
pub(super) const ONCE: Interest = Interest::EPOLLIN.union(Interest::EPOLLONESHOT);

impl Primary<'_> {
    /// Assigns connections to idle workers, and accepts one ahead for each: a worker that acknowledges a connection
    /// finds the next one ready.
    pub(super) fn dispatch(&mut self) -> io::Result<()> {
        self.accept_pending |= self.ending.is_some(); // then the workers' listeners are the primary's, too
        self.assign_all();
        while self.can_accept() {
            match self.port.accept() {
                Ok(Some(stream)) => self.dispatcher.add(stream),
                Ok(None) => {
                    self.accept_pending = false;
                    self.port.for_primary().map_or(Ok(()), |one| self.poller.change(one, LISTENER, ONCE))?;
                }
                Err(_) => break, // until the next tick
            }
            self.assign_all();
        }
        self.dispatcher.end_round();
        Ok(())
    }

    fn assign_all(&mut self) {
        while let Some((pid, stream)) = self.dispatcher.assign() {
            if let Some(worker) = self.workers.get_mut(&pid) {
                worker.since = Instant::now();
                worker.send(Message::Connection, Some(stream.as_fd()));
            }
        }
    }

    pub(super) fn can_accept(&self) -> bool {
        self.accept_pending && self.dispatcher.waiting() < self.settings.workers
    }
}
