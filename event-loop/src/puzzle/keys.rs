//! Single keys from a terminal, without Enter and without echo. However the program ends (SIGKILL apart), the terminal
//! is as before.

use std::io::{self, Read};
use std::process;
use std::thread;

use nix::sys::signal::Signal::{self, *};
use nix::sys::signal::{SigSet, raise};
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

/// Signals that end no program; SIGPIPE, which Rust ignores; SIGKILL and SIGSTOP, which no program can wait for.
const HARMLESS: [Signal; 10] =
    [SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH, SIGPIPE, SIGKILL, SIGSTOP];

/// The terminal on standard input. While it is open, a key is read as soon as it is pressed.
pub(crate) struct Keyboard {
    before: Termios,
}

impl Keyboard {
    pub(crate) fn open() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        restore_at_signals(before.clone())?;
        let mut keys = before.clone();
        keys.local_flags.remove(LocalFlags::ICANON | LocalFlags::ECHO);
        tcsetattr(io::stdin(), SetArg::TCSANOW, &keys)?;
        Ok(Self { before })
    }

    /// The first byte of a key; `q` at the end of the input, too.
    pub(crate) fn read_key(&mut self) -> io::Result<u8> {
        let mut bytes = [0; 16]; // an arrow key is several bytes
        let length = io::stdin().lock().read(&mut bytes)?;
        Ok(if length == 0 { b'q' } else { bytes[0] })
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, &self.before);
    }
}

/// Has a thread wait for the signals that would end the program. It restores the terminal, and then lets the signal do
/// what it does.
fn restore_at_signals(before: Termios) -> io::Result<()> {
    let fatal: SigSet = Signal::iterator().filter(|signal| !HARMLESS.contains(signal)).collect();
    fatal.thread_block()?; // the new thread inherits this
    thread::Builder::new().spawn(move || {
        let Ok(signal) = fatal.wait() else { return }; // it fails only for an invalid set
        let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, &before);
        let _ = fatal.thread_unblock();
        let _ = raise(signal);
        process::exit(128 + signal as i32) // Rust handles SIGSEGV, and ends only where the fault is real
    })?;
    Ok(())
}
