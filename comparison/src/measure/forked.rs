//! A forked child that computes a number, and leaves it in memory that it shares with its parent.

use std::io;
use std::sync::atomic::Ordering::SeqCst;

use process_basics::fork::{Forked, fork};
use process_basics::mapping::Mapping;
use process_basics::spawn::End;

use super::plan::limit;

pub(crate) struct ForkedTask {
    child: Forked,
    number: Mapping,
}

impl ForkedTask {
    pub(crate) fn start(compute: impl FnOnce() -> io::Result<u64>) -> io::Result<Self> {
        let number = Mapping::shared(1)?;
        let child = fork(|| match compute() {
            Ok(result) => {
                number.page(0).store(result, SeqCst);
                0
            }
            Err(error) => error.raw_os_error().unwrap_or(1), // from which the parent knows a limit
        })?;
        Ok(Self { child, number })
    }

    /// Waits for its end.
    pub(crate) fn number(self) -> io::Result<u64> {
        match self.child.wait()? {
            End::Exited(errno) if limit(&io::Error::from_raw_os_error(errno)).is_some() => {
                return Err(io::Error::from_raw_os_error(errno));
            }
            end => check_exit_zero(end)?,
        }
        Ok(self.number.page(0).load(SeqCst))
    }
}

/// A child that failed was not a measurement: a famous benchmark timed a failing exec.
pub(crate) fn check_exit_zero(end: End) -> io::Result<()> {
    if end == End::Exited(0) { Ok(()) } else { Err(io::Error::other(format!("a child that was measured {end}"))) }
}
