//! A rolling restart: every worker is replaced by a new one, one at a time, and none leaves before its successor
//! listens. One that does not come up ends the restart, and the old ones go on.

use crate::channel::Message;
use crate::life::State;
use crate::primary::Primary;

/// The place whose turn it is, and the new worker there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rolling {
    place: usize,
    successor: u32,
}

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
            Ok(successor) => self.rolling = Some(Rolling { place, successor }),
            Err(error) => self.note(format_args!("rolling restart aborted: a worker could not be started, {error}")),
        }
    }

    /// The successor listens: its predecessor may leave. That has left: the next place. The successor has ended: the
    /// restart has, too.
    pub(crate) fn roll_on(&mut self) {
        let Some(Rolling { place, successor }) = self.rolling else { return };
        let state = |pid| self.workers.get(pid).map(|worker| worker.state);
        let old = self.workers.iter().find(|(pid, worker)| worker.place == place && **pid != successor);
        match (state(&successor), old) {
            (Some(State::Starting | State::Online), _) => {}
            (Some(_), None) => self.roll_place(place + 1),
            (Some(_), Some((_, old))) if old.state == State::Draining => {}
            (Some(_), Some((&pid, _))) => self.dismiss(pid, Message::Leave),
            (None, _) => {
                self.rolling = None;
                self.note(format_args!("rolling restart aborted: the new worker did not come up; the old ones go on"));
            }
        }
    }
}
