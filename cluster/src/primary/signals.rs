//! What the operator wants, as the signals say.
//!
//! | Signal | Meaning |
//! |---|---|
//! | SIGINT, SIGTERM | drain and end; a second one ends at once |
//! | SIGHUP, from `kill` or without a terminal | replace the workers |
//! | SIGHUP, from a terminal that is closed | drain and end |
//! | SIGHUP, ignored at the start (`nohup`) | nothing |

use std::fs::File;
use std::io;

use nix::libc::{SI_KERNEL, signalfd_siginfo};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

use super::Primary;
use crate::support::inherited::is_ignored;

pub(super) struct Signals {
    pub(super) descriptor: SignalFd,
    /// At the start there was a terminal that can close.
    had_terminal: bool,
}

impl Signals {
    /// Blocks the signals: they are read from a descriptor, or stay pending.
    pub(super) fn block() -> io::Result<Self> {
        let mut signals = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM]);
        if !is_ignored(Signal::SIGHUP) {
            signals.add(Signal::SIGHUP);
        }
        signals.thread_block()?;
        let descriptor = SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;
        Ok(Self { descriptor, had_terminal: has_terminal() })
    }

    /// The kernel sends SIGHUP to the foreground when its terminal closes; the shell passes it on to its other jobs.
    fn is_end(&self, signal: &signalfd_siginfo) -> bool {
        let hangup = signal.ssi_signo == Signal::SIGHUP as u32;
        !hangup || signal.ssi_code == SI_KERNEL || self.had_terminal && !has_terminal()
    }
}

/// The controlling terminal can be opened: not after it was closed (tty(4)).
fn has_terminal() -> bool {
    File::open("/dev/tty").is_ok()
}

impl Primary<'_> {
    /// Does what the pending signals ask for. Several that ask for the end at the same time count once.
    pub(super) fn read_signals(&mut self) -> io::Result<()> {
        let mut ends = false;
        while let Some(signal) = self.signals.descriptor.read_signal()? {
            ends |= self.signals.is_end(&signal);
        }
        match self.ending {
            _ if !ends => self.begin_restart(),
            None => self.drain()?,
            Some(_) => self.kill_all(),
        }
        Ok(())
    }
}
