//! A rolling restart: every worker is replaced by a new one, one at a time, and none leaves before its successor
//! listens. If a new one does not come up, the restart is aborted, and the old ones go on.

use super::Primary;

impl Primary<'_> {
    /// While the service ends, or a restart goes on, there is nothing to begin.
    pub(super) fn begin_restart(&mut self) {
        if self.ending.is_none() {
            self.rolling.get_or_insert(0);
        }
    }

    /// The next slot gets a successor, once every slot has one worker, and that listens.
    pub(super) fn advance_restart(&mut self) {
        let Some(slot) = self.rolling.filter(|_| self.is_complete()) else { return };
        if slot == self.settings.workers {
            self.rolling = None;
            return self.log.note(format_args!("rolling restart done: {slot} workers replaced"));
        }
        self.rolling = Some(slot + 1);
        self.respawn.start_now(slot);
    }

    pub(super) fn abort_restart(&mut self) {
        if self.rolling.take().is_some() {
            self.log.note(format_args!("rolling restart aborted: the new worker did not come up; the old ones go on"));
        }
    }
}
