//! The end: of a worker that is told to leave, and of the service, in good order and within a deadline.

use std::io;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::channel::Message;
use crate::life::{Life, State};
use crate::port::BACKLOG;
use crate::primary::{LISTENER, Primary};

/// How long workers may take to finish what they have begun, once they are told to end.
pub const DRAIN_DEADLINE: Duration = Duration::from_secs(5);

impl Primary<'_> {
    /// A first signal drains the service, a second one ends it at once. SIGHUP replaces its workers.
    pub(crate) fn read_signals(&mut self) -> io::Result<()> {
        while let Some(signal) = self.signals.read_signal()? {
            match self.port {
                _ if signal.ssi_signo == Signal::SIGHUP as u32 => self.roll(),
                Some(_) => self.drain()?,
                None => self.workers.values_mut().for_each(|worker| worker.leave_by = Some(Instant::now())),
            }
        }
        Ok(())
    }

    /// Shuts the port and takes what the kernel has already connected to it. The workers are told once all that waits
    /// has been dealt.
    pub(crate) fn drain(&mut self) -> io::Result<()> {
        let Some(mut port) = self.port.take() else { return Ok(()) };
        self.respawn.cancel();
        self.rolling = None;
        port.shut()?;
        port.watch(&self.poller, LISTENER, false)?;
        (0..BACKLOG).map_while(|_| port.accept()).for_each(|stream| self.dealer.arrived(stream));
        self.deal();
        let deadline = Instant::now() + DRAIN_DEADLINE;
        self.workers.values_mut().for_each(|worker| worker.leave_by = worker.leave_by.or(Some(deadline)));
        Ok(())
    }

    /// Tells a worker to leave, and kills it if that takes too long.
    pub(crate) fn dismiss(&mut self, id: u64, how: Message) {
        self.enter(id, State::Draining);
        self.dealer.leaves(id);
        if let Some(worker) = self.workers.get_mut(&id) {
            worker.leave_by.get_or_insert(Instant::now() + DRAIN_DEADLINE);
            worker.tell(how, None);
        }
    }

    /// Tells the workers once all that waited is dealt, and kills those whose time is over.
    pub(crate) fn end_what_is_due(&mut self, now: Instant) {
        if self.port.is_none() && !self.dealer.has_waiting() {
            let ids: Vec<u64> = self.workers.keys().copied().collect();
            for id in ids {
                if self.workers[&id].state != State::Draining {
                    self.dismiss(id, Message::Drain);
                }
            }
        }
        let late = |worker: &mut Life| worker.leave_by.take_if(|by| *by <= now).map(|_| worker.kill());
        let late = self.workers.values_mut().filter_map(late).count();
        if late > 0 {
            self.note(format_args!("workers killed because they took too long: {late}"));
        }
    }
}
