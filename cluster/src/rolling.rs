//! A rolling restart: every worker is replaced by a new one, one at a time, and none leaves before its successor
//! listens. One that does not come up ends the restart, and the old ones go on.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::channel::Message;
use crate::life::State;
use crate::primary::Primary;

/// How long a new worker may take until it listens.
pub const COME_UP_DEADLINE: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Rolling {
    /// Those whose turn is yet to come.
    left: VecDeque<u64>,
    old: u64,
    /// Its successor.
    new: u64,
    replaced: usize,
}

impl Primary<'_> {
    /// SIGHUP. While the service drains, or a restart goes on, there is nothing to begin.
    pub(crate) fn roll(&mut self) {
        if self.port.is_none() || self.rolling.is_some() {
            return self.note(format_args!("no rolling restart now: one goes on, or the service ends"));
        }
        let left = self.workers.keys().copied().collect();
        self.roll_next(Rolling { left, old: 0, new: 0, replaced: 0 });
    }

    fn roll_next(&mut self, mut rolling: Rolling) {
        let is_serving = |id: &u64| self.workers.get(id).is_some_and(|worker| worker.state == State::Listening);
        let Some(old) = std::iter::from_fn(|| rolling.left.pop_front()).find(is_serving) else {
            return self.note(format_args!("rolling restart done: {} workers replaced", rolling.replaced));
        };
        match self.start_worker(self.workers[&old].place) {
            Ok(new) => {
                if let Some(worker) = self.workers.get_mut(&new) {
                    worker.leave_by = Some(Instant::now() + COME_UP_DEADLINE);
                }
                self.rolling = Some(Rolling { old, new, ..rolling });
            }
            Err(error) => self.note(format_args!("rolling restart aborted: a worker could not be started, {error}")),
        }
    }

    /// A worker listens: if it is the successor, its predecessor may leave.
    pub(crate) fn roll_on(&mut self, id: u64) {
        let Some(rolling) = self.rolling.as_mut().filter(|rolling| rolling.new == id) else { return };
        rolling.replaced += 1;
        let old = rolling.old;
        if let Some(worker) = self.workers.get_mut(&id) {
            worker.leave_by = None;
        }
        if self.workers.contains_key(&old) {
            self.dismiss(old, Message::Leave);
        } else if let Some(rolling) = self.rolling.take() {
            self.roll_next(rolling); // the old one died in the meantime
        }
    }

    /// A worker has ended: the next one's turn, or the end of the restart.
    pub(crate) fn roll_after(&mut self, id: u64) {
        let Some(rolling) = self.rolling.take_if(|rolling| rolling.old == id || rolling.new == id) else { return };
        let new = self.workers.get(&rolling.new);
        match new.map(|worker| worker.state) {
            // The old one was killed while the new one comes up.
            Some(State::Starting | State::Online) => self.rolling = Some(rolling),
            Some(_) => self.roll_next(rolling),
            None if self.workers.get(&rolling.old).is_some_and(|old| old.state == State::Listening) => {
                self.note(format_args!("rolling restart aborted: the new worker did not come up; the old ones go on"));
            }
            None => self.note(format_args!("rolling restart aborted: the new worker died")),
        }
    }
}
