//! A forked child that computes a number, and leaves it in memory that it shares with its parent.

use std::io;
use std::sync::atomic::Ordering::SeqCst;

use process_basics::fork::{Forked, fork};
use process_basics::mapping::Mapping;
use process_basics::spawn::End;

pub(super) struct Computing {
    child: Forked,
    number: Mapping,
}

impl Computing {
    pub(super) fn start(compute: impl FnOnce() -> io::Result<u64>) -> io::Result<Self> {
        let number = Mapping::shared(1)?;
        let child = fork(|| {
            let computed = compute().map(|result| number.page(0).store(result, SeqCst));
            computed.map_or(1, |()| 0)
        })?;
        Ok(Self { child, number })
    }

    /// Waits for its end.
    pub(super) fn number(self) -> io::Result<u64> {
        ended_well(self.child.wait()?)?;
        Ok(self.number.page(0).load(SeqCst))
    }
}

/// A child that failed was not a measurement: a famous benchmark timed a failing exec.
pub(super) fn ended_well(end: End) -> io::Result<()> {
    if end == End::Exited(0) { Ok(()) } else { Err(io::Error::other(format!("a child that was measured {end}"))) }
}
