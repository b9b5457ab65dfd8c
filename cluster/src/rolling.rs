//! A rolling restart: every worker is replaced by a new one, one at a time, and none leaves before its successor
//! listens. One that does not come up ends the restart, and the old ones go on.

use crate::channel::Message;
use crate::life::State;
use crate::primary::Primary;

impl Primary<'_> {
    /// SIGHUP. While the service ends, or a restart goes on, there is nothing to begin.
    pub(crate) fn roll(&mut self) {
        match self.ending.is_none() && self.rolling.is_none() {
            true => self.roll_place(0),
            false => self.note(format_args!("no rolling restart now: one goes on, or the service ends")),
        }
    }

    fn roll_place(&mut self, place: usize) {
        self.rolling = None;
        if place == self.settings.workers {
            return self.note(format_args!("rolling restart done: {place} workers replaced"));
        }
        match self.start_worker(place) {
            Ok(successor) => self.rolling = Some(successor),
            Err(error) => self.note(format_args!("rolling restart aborted: {error}")),
        }
    }

    /// The successor listens: its predecessor may leave. That has left: the next place. The successor has ended: the
    /// restart has, too.
    pub(crate) fn roll_on(&mut self) {
        let Some(successor) = self.rolling else { return };
        let Some(new) = self.workers.get(&successor) else {
            self.rolling = None;
            self.note(format_args!("rolling restart aborted: the new worker did not come up; the old ones go on"));
            return;
        };
        if new.state != State::Listening {
            return;
        }
        match self.workers.iter().find(|(pid, worker)| worker.place == new.place && **pid != successor) {
            None => self.roll_place(new.place + 1),
            Some((&old, worker)) if worker.state != State::Draining => self.dismiss(old, Message::Leave),
            Some(_) => {} // it is leaving
        }
    }
}
