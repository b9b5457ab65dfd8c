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
        self.assign_all();
        let accepts = self.ending.is_some() || self.settings.schedule == Schedule::RoundRobin;
        while accepts && self.dispatcher.waiting() < self.settings.workers {
            match self.port.accept() {
                Ok(Some(stream)) => self.dispatcher.add(stream),
                Ok(None) => return false,
                Err(_) => return true, // a shortage: it is tried again at the next tick
            }
            self.assign_all();
        }
        accepts
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
