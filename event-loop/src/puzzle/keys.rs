//! Single keys from a terminal, without Enter.

use std::io::{self, IsTerminal, Read};
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;

use nix::libc::{ECHO, ICANON, ISIG, TCSANOW, tcgetattr, tcsetattr, termios};

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// `q`, Ctrl-C, Ctrl-D, or the end of the input.
    Quit,
    /// Any other.
    Other,
}

/// The terminal on standard input. While it is open, a key is read as soon as it is pressed.
pub(crate) struct Keyboard {
    before: termios,
}

impl Keyboard {
    /// `None` where standard input is not a terminal.
    pub(crate) fn open() -> io::Result<Option<Self>> {
        if !io::stdin().is_terminal() {
            return Ok(None);
        }
        let mut before = MaybeUninit::<termios>::uninit();
        // SAFETY: `before` is room for the structure that tcgetattr(3) fills in.
        if unsafe { tcgetattr(io::stdin().as_raw_fd(), before.as_mut_ptr()) } != 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the call succeeded, so the structure is filled in.
        let before = unsafe { before.assume_init() };
        let mut keys = before;
        // Ctrl-C comes as a key, too, so that the terminal is restored in any case.
        keys.c_lflag &= !(ICANON | ECHO | ISIG);
        set(&keys)?;
        Ok(Some(Self { before }))
    }

    pub(crate) fn read(&mut self) -> io::Result<Key> {
        const CTRL_C: u8 = 3;
        const CTRL_D: u8 = 4;
        let mut bytes = [0; 16]; // an arrow key is several bytes
        let length = io::stdin().lock().read(&mut bytes)?;
        let is_end = length == 0 || matches!(bytes[0], b'q' | b'Q' | CTRL_C | CTRL_D);
        Ok(if is_end { Key::Quit } else { Key::Other })
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        let _ = set(&self.before);
    }
}

fn set(settings: &termios) -> io::Result<()> {
    // SAFETY: `settings` is a valid structure, and tcsetattr(3) only reads it.
    match unsafe { tcsetattr(io::stdin().as_raw_fd(), TCSANOW, settings) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
