//! A rolling restart: every worker is replaced by a new one, one at a time, and none leaves before its successor
//! listens. If a new one does not come up, the restart is aborted, and the old ones go on.

use super::Primary;
use super::worker_handle::State;

impl Primary<'_> {
    /// While the service ends, or a restart goes on, there is nothing to begin.
    pub(super) fn begin_restart(&mut self) {
        match self.ending.is_none() && self.rolling.is_none() {
            true => self.restart_slot(0),
            false => self.log.note(format_args!("no rolling restart now: one goes on, or the service ends")),
        }
    }

    fn restart_slot(&mut self, slot: usize) {
        self.rolling = None;
        if slot == self.settings.workers {
            return self.log.note(format_args!("rolling restart done: {slot} workers replaced"));
        }
        match self.start_worker(slot) {
            Ok(successor) => self.rolling = Some(successor),
            Err(error) => self.log.note(format_args!("rolling restart aborted: {error}")),
        }
    }

    /// The successor listens: its predecessor may leave. That has left: the next slot. The successor has ended: so has
    /// the restart.
    pub(super) fn advance_restart(&mut self) {
        let Some(successor) = self.rolling else { return };
        let Some(new) = self.workers.get(&successor) else {
            self.rolling = None;
            let why = "the new worker did not come up; the old ones go on";
            return self.log.note(format_args!("rolling restart aborted: {why}"));
        };
        if new.state != State::Listening {
            return;
        }
        match self.workers.iter().find(|(pid, worker)| worker.slot == new.slot && **pid != successor) {
            None => self.restart_slot(new.slot + 1),
            Some((&old, worker)) if worker.state != State::Draining => self.dismiss(old),
            Some(_) => {} // it is leaving
        }
    }
}
