//! Connections accepted and assigned: always under round-robin, and under every schedule while the service ends.

use std::os::fd::AsFd;
use std::time::Instant;

use super::Primary;
use crate::schedule::Schedule;
use crate::wire::channel::Message;

impl Primary<'_> {
    /// Assigns connections to idle workers, and accepts as many ahead as there are workers: one that acknowledges a
    /// connection finds the next one ready. The others wait in the kernel. Returns whether there may be any.
    ///
    /// While the service ends, the workers' listeners are the primary's, too.
    pub(super) fn dispatch(&mut self) -> bool {
        let accepts = self.ending.is_some() || self.settings.schedule == Schedule::RoundRobin;
        loop {
            self.assign_all();
            if !accepts || self.dispatcher.waiting() >= self.settings.workers {
                return accepts;
            }
            match self.port.accept() {
                Ok(Some(stream)) => self.dispatcher.add(stream),
                Ok(None) => return false,
                Err(_) => return true, // a shortage: it is tried again at the next tick
            }
        }
    }

    fn assign_all(&mut self) {
        while let Some((pid, stream)) = self.dispatcher.assign() {
            if let Some(worker) = self.workers.get_mut(&pid) {
                worker.since = Instant::now();
                worker.send(Message::Connection, Some(stream.as_fd()));
            }
        }
    }
}
