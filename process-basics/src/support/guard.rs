//! A child that cannot be forgotten, and that nobody waits for without a deadline.

use std::io;
use std::ops::{Deref, DerefMut};
use std::process::{Child, Command};
use std::time::Duration;

use super::deadline::{DEADLINE, has_ended, timed_out};
use super::end::End;

/// A child that is killed and reaped when this is dropped, unless it was waited for before.
#[derive(Debug)]
pub struct Guard(Child);

impl Guard {
    /// Starts `command`.
    ///
    /// # Errors
    /// `NotFound`, `PermissionDenied` and others of starting a program; the text names it.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let child = command.spawn();
        let program = command.get_program().display();
        child.map(Self).map_err(|error| io::Error::new(error.kind(), format!("{program}: {error}")))
    }

    /// Waits for its end, at most `patience`; `None` when it still runs.
    ///
    /// # Errors
    /// Those of pidfd_open(2), poll(2) and waitpid(2).
    pub fn wait_at_most(&mut self, patience: Duration) -> io::Result<Option<End>> {
        let ended = has_ended(self.0.id() as i32, patience)?;
        Ok(if ended { Some(self.0.wait()?.into()) } else { None })
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// `TimedOut` when it has not ended within [`DEADLINE`]; else as [`Guard::wait_at_most`].
    pub fn end(&mut self) -> io::Result<End> {
        self.wait_at_most(DEADLINE)?.ok_or_else(timed_out)
    }
}

impl Deref for Guard {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Guard {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.kill(); // does nothing to one that was waited for
        let _ = self.0.wait();
    }
}
