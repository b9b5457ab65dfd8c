//! How wide the terminal is.

use std::mem::MaybeUninit;

use nix::libc;

/// The columns of standard output; `None` where it is no terminal (TIOCGWINSZ, ioctl_tty(2)).
pub fn columns() -> Option<usize> {
    let mut size = MaybeUninit::<libc::winsize>::zeroed();
    // SAFETY: TIOCGWINSZ writes one winsize, for which there is room.
    let done = unsafe { libc::ioctl(libc::STDOUT_FILENO, libc::TIOCGWINSZ, size.as_mut_ptr()) };
    // SAFETY: it was zeroed, and a winsize is four numbers.
    let size = unsafe { size.assume_init() };
    (done == 0 && size.ws_col > 0).then_some(usize::from(size.ws_col))
}
