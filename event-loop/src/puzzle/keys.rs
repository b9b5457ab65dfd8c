//! Single keys from a terminal, without Enter and without echo. However the program ends (SIGKILL apart), the terminal
//! is as before.

use std::io::{self, Read};
use std::os::fd::AsFd;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::SigSet;
use nix::sys::signal::Signal::{self, *};
use nix::sys::signalfd::SignalFd;
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

/// Signals that end no program; SIGPIPE, which Rust ignores; SIGKILL and SIGSTOP, which no program can wait for.
const HARMLESS: [Signal; 10] =
    [SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH, SIGPIPE, SIGKILL, SIGSTOP];

/// The terminal on standard input. While it is open, a key is read as soon as it is pressed.
pub(crate) struct Keyboard {
    before: Termios,
    /// Readable when a signal has come that would have ended the program without restoring the terminal.
    signals: SignalFd,
}

impl Keyboard {
    pub(crate) fn open() -> io::Result<Self> {
        let fatal: SigSet = Signal::iterator().filter(|signal| !HARMLESS.contains(signal)).collect();
        fatal.thread_block()?;
        let signals = SignalFd::new(&fatal)?;
        let before = tcgetattr(io::stdin())?;
        let mut keys = before.clone();
        keys.local_flags.remove(LocalFlags::ICANON | LocalFlags::ECHO);
        tcsetattr(io::stdin(), SetArg::TCSANOW, &keys)?;
        Ok(Self { before, signals })
    }

    /// The first byte of a key; `q` at the end of the input, too.
    pub(crate) fn read_key(&mut self) -> io::Result<u8> {
        let mut stdin = io::stdin().lock();
        let mut ready = [stdin.as_fd(), self.signals.as_fd()].map(|fd| PollFd::new(fd, PollFlags::POLLIN));
        poll(&mut ready, PollTimeout::NONE)?;
        if ready[1].any() == Some(true) {
            tcsetattr(io::stdin(), SetArg::TCSANOW, &self.before)?;
            SigSet::all().thread_unblock()?; // the signal is still pending, and ends the program now,
            return Err(io::Error::other("ended by a signal")); // unless it reports a fault, and there was none
        }
        let mut bytes = [0; 16]; // an arrow key is several bytes
        let length = stdin.read(&mut bytes)?;
        Ok(if length == 0 { b'q' } else { bytes[0] })
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, &self.before);
    }
}
