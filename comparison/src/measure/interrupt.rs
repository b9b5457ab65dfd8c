//! Ctrl-C as a question instead of an end: the run stops where it is, and what was measured is written.

use std::cell::Cell;
use std::io;

use nix::sys::signal::{SigSet, SigmaskHow, Signal, sigprocmask};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// Catches SIGINT and SIGTERM from now on: they wait in a descriptor until somebody asks (signalfd(2)).
#[derive(Debug)]
pub struct Interrupt {
    signals: SignalFd,
    seen: Cell<bool>,
}

fn signals() -> SigSet {
    SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM])
}

impl Interrupt {
    /// Begins to catch, in this thread and those it starts from now on.
    ///
    /// # Errors
    /// Those of sigprocmask(2) and signalfd(2).
    pub fn catch() -> io::Result<Self> {
        sigprocmask(SigmaskHow::SIG_BLOCK, Some(&signals()), None)?;
        let signals = SignalFd::with_flags(&signals(), SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)?;
        Ok(Self { signals, seen: Cell::new(false) })
    }

    /// Whether one has come.
    pub fn has_come(&self) -> bool {
        self.seen.set(self.seen.get() || matches!(self.signals.read_signal(), Ok(Some(_))));
        self.seen.get()
    }
}

/// Lets the two signals end this process again: blocked signals are inherited by children.
///
/// # Errors
/// Those of sigprocmask(2).
pub fn release() -> io::Result<()> {
    Ok(sigprocmask(SigmaskHow::SIG_UNBLOCK, Some(&signals()), None)?)
}
