//! How a worker ends, and how the service ends: in good order and within a deadline.

use std::io;
use std::time::{Duration, Instant};

use super::Primary;
use super::respawn::Respawn;
use super::worker_handle::{State, WorkerHandle};
use crate::wire::channel::Message;

/// How long a new worker may take until it listens.
pub const COME_UP_DEADLINE: Duration = Duration::from_secs(30);
/// How long a worker may take to finish what it has begun, once it is told to leave; while the service ends, also to
/// acknowledge a connection.
pub const DRAIN_DEADLINE: Duration = Duration::from_secs(5);
/// While the service ends, workers stay for at least so long: a client may have connected, and send a moment later.
const FIRST_BYTE_GRACE: Duration = Duration::from_millis(250);

impl Primary<'_> {
    /// The service ends: new clients are refused. From now on the primary accepts what waits in the kernel, and assigns
    /// it, under every schedule. So no client waits in the queue of a worker that does not answer.
    pub(super) fn drain(&mut self) -> io::Result<()> {
        self.port.refuse_new()?;
        self.respawn = Respawn::default();
        self.rolling = None;
        self.ending = Some(Instant::now());
        for worker in self.workers.values_mut() {
            worker.since = Instant::now();
            worker.send(Message::Drain, None);
        }
        Ok(())
    }

    /// Tells these workers to leave, if they are not told yet.
    pub(super) fn tell_to_leave(&mut self, is_meant: impl Fn(&WorkerHandle) -> bool) {
        for (pid, worker) in &mut self.workers {
            if worker.state != State::Leaving && is_meant(worker) {
                worker.enter(State::Leaving, &mut self.log);
                self.dispatcher.mark_leaving(*pid);
                worker.send(Message::Leave, None);
            }
        }
    }

    /// After a second signal the service ends at once.
    pub(super) fn kill_all(&mut self) {
        self.log.note(format_args!("a second signal: workers killed: {}", self.workers.len()));
        self.workers.values_mut().for_each(WorkerHandle::kill);
    }

    /// Once no client waits any more, all workers may leave.
    pub(super) fn advance_end(&mut self, clients_wait: bool) {
        let is_time = self.ending.is_some_and(|since| since.elapsed() >= FIRST_BYTE_GRACE);
        if is_time && self.dispatcher.is_done() && !clients_wait {
            self.tell_to_leave(|_| true);
        }
    }

    /// Kills the workers whose time was over before the messages of this round were read: if the primary itself was late,
    /// no worker is to pay for that.
    pub(super) fn kill_late(&mut self, heard: Instant) {
        for (pid, worker) in &mut self.workers {
            let limit = match worker.state {
                State::Starting => COME_UP_DEADLINE,
                State::Listening if self.ending.is_none() || !self.dispatcher.has_unacked(*pid) => continue,
                _ => DRAIN_DEADLINE,
            };
            if worker.since + limit <= heard {
                worker.kill();
                worker.since = Instant::now();
                self.log.note(format_args!("worker {pid} took too long and was killed"));
            }
        }
    }
}
