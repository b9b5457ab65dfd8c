//! The end: of a worker that is told to leave, and of the service, in good order and within a deadline.

use std::io;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::channel::Message;
use crate::life::{Life, State};
use crate::primary::Primary;
use crate::respawn::Respawn;

/// How long workers may take to finish what they have begun, once they are told to end.
pub const DRAIN_DEADLINE: Duration = Duration::from_secs(5);
/// From when the port is shut until the workers are told: time for a handshake that had begun.
const LAST_CALL: Duration = Duration::from_millis(20);

impl Primary<'_> {
    /// A first signal drains the service, a second one ends it at once. SIGHUP replaces its workers.
    pub(crate) fn read_signals(&mut self) -> io::Result<()> {
        while let Some(signal) = self.signals.read_signal()? {
            match self.ending {
                _ if signal.ssi_signo == Signal::SIGHUP as u32 => self.roll(),
                None => self.drain()?,
                Some(_) => self.workers.values_mut().for_each(|worker| worker.deadline = Some(Instant::now())),
            }
        }
        Ok(())
    }

    /// Shuts the port. What the kernel has already connected to it is served, then the workers are told.
    pub(crate) fn drain(&mut self) -> io::Result<()> {
        let now = Instant::now();
        self.port.shut()?;
        self.respawn = Respawn::default();
        self.rolling = None;
        self.ending = Some(now + LAST_CALL);
        for worker in self.workers.values_mut() {
            worker.deadline.get_or_insert(now + DRAIN_DEADLINE);
        }
        Ok(())
    }

    /// Tells a worker to leave, and has it killed if that takes too long.
    pub(crate) fn dismiss(&mut self, pid: u32, how: Message) {
        self.enter(pid, State::Draining);
        self.dealer.leaves(pid);
        if let Some(worker) = self.workers.get_mut(&pid) {
            worker.deadline.get_or_insert(Instant::now() + DRAIN_DEADLINE);
            worker.tell(how, None);
        }
    }

    /// After the last call all are dismissed, once nobody waits at the port any more.
    pub(crate) fn end_what_is_due(&mut self, now: Instant) {
        if !self.someone_waits && self.dealer.waiting() == 0 && self.ending.is_some_and(|last_call| last_call <= now) {
            let staying = self.workers.iter().filter(|(_, worker)| worker.state != State::Draining);
            for pid in staying.map(|(pid, _)| *pid).collect::<Vec<_>>() {
                self.dismiss(pid, Message::Drain);
            }
        }
        let late = |worker: &mut Life| worker.deadline.take_if(|by| *by <= now).map(|_| worker.kill());
        let late = self.workers.values_mut().filter_map(late).count();
        if late > 0 {
            self.note(format_args!("workers killed because they took too long: {late}"));
        }
    }
}
