//! The end: of a worker that is told to leave, and of the service, in good order and within a deadline.

use std::io;
use std::time::{Duration, Instant};

use super::Primary;
use super::respawn::Respawn;
use super::worker_handle::State;
use crate::wire::channel::Message;

/// How long a worker may take to finish what it has begun, once it is told to leave; while the service ends, also to
/// acknowledge a connection.
pub const DRAIN_DEADLINE: Duration = Duration::from_secs(5);
/// From when new clients are refused until the workers may leave: time for a handshake that had begun.
const LAST_CALL: Duration = Duration::from_millis(20);
/// The same while a client has connected and has sent nothing yet.
const FIRST_BYTE_GRACE: Duration = Duration::from_millis(250);

impl Primary<'_> {
    /// The service ends: new clients are refused. From now on the primary accepts what waits in the kernel, and assigns
    /// it, under every schedule. So a worker that does not answer costs no client its turn.
    pub(super) fn drain(&mut self) -> io::Result<()> {
        self.port.refuse_new()?;
        self.respawn = Respawn::default();
        self.rolling = None;
        self.ending = Some(Instant::now());
        self.workers.values_mut().for_each(|worker| worker.tell(Message::Drain, None));
        Ok(())
    }

    /// Tells a worker to leave, and has it killed if that takes too long.
    pub(super) fn dismiss(&mut self, pid: u32) {
        self.enter(pid, State::Draining);
        self.dispatcher.leaves(pid);
        if let Some(worker) = self.workers.get_mut(&pid) {
            worker.deadline.get_or_insert(Instant::now() + DRAIN_DEADLINE);
            worker.tell(Message::Leave, None);
        }
    }

    /// A second signal: it ends at once.
    pub(super) fn kill_all(&mut self) {
        self.log.note(format_args!("told a second time: workers killed: {}", self.workers.len()));
        self.workers.values_mut().for_each(|worker| worker.kill());
    }

    pub(super) fn end_what_is_due(&mut self) -> io::Result<()> {
        if let Some(since) = self.ending {
            self.limit_unacked();
            if self.nobody_waits(since) {
                let staying = self.workers.iter().filter(|(_, worker)| worker.state != State::Draining);
                for pid in staying.map(|(pid, _)| *pid).collect::<Vec<_>>() {
                    self.dismiss(pid);
                }
            }
        }
        self.kill_late()
    }

    /// While the service ends, an unacknowledged connection makes its worker liable: killed after the deadline, so that
    /// the connection goes to one that serves.
    fn limit_unacked(&mut self) {
        for (pid, worker) in &mut self.workers {
            if self.dispatcher.has_unacked(*pid) {
                worker.deadline.get_or_insert(Instant::now() + DRAIN_DEADLINE);
            } else if worker.state == State::Listening {
                worker.deadline = None;
            }
        }
    }

    /// Every connection is acknowledged, and no more will come.
    fn nobody_waits(&self, since: Instant) -> bool {
        let elapsed = since.elapsed();
        !self.accept_pending
            && self.dispatcher.is_done()
            && elapsed >= LAST_CALL
            && (elapsed >= FIRST_BYTE_GRACE || !self.port.awaits_first_byte())
    }

    /// Kills the workers whose deadline is over, after hearing what they have said before.
    fn kill_late(&mut self) -> io::Result<()> {
        let is_late = |deadline: &mut Instant| *deadline <= Instant::now();
        let mut late: Vec<u32> = Vec::new();
        for (pid, worker) in &mut self.workers {
            late.extend(worker.deadline.filter(|deadline| is_late(&mut deadline.clone())).map(|_| *pid));
        }
        for pid in late {
            self.on_worker_readable(pid)?;
            let Some(worker) = self.workers.get_mut(&pid) else { continue };
            let acknowledged = self.ending.is_some() && worker.state == State::Listening;
            if acknowledged && !self.dispatcher.has_unacked(pid) {
                continue;
            }
            if worker.deadline.take_if(is_late).is_some() {
                worker.kill();
                self.log.note(format_args!("worker {pid} took too long and was killed"));
            }
        }
        Ok(())
    }
}
