//! The futex: a thread sleeps in the kernel until another thread changes a word in memory (futex(2)).

use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use nix::libc;

/// Sleeps while `word` is `expected`. It may also return without a reason, so it is called in a loop.
fn sleep_while(word: &AtomicU32, expected: u32) {
    const WAIT: i32 = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
    let no_timeout = ptr::null::<libc::timespec>();
    // SAFETY: FUTEX_WAIT reads the word, which outlives the call, and nothing else of ours.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), WAIT, expected, no_timeout) };
}

/// Wakes one thread that sleeps on `word`.
fn wake_one(word: &AtomicU32) {
    const WAKE: i32 = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: FUTEX_WAKE does not touch the word; its address is only the name of the queue of sleepers.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), WAKE, 1) };
}

/// A word that two threads pass back and forth.
#[derive(Debug, Default)]
pub(crate) struct Turn(AtomicU32);

impl Turn {
    /// Waits until it is the turn of `thread`.
    pub(crate) fn wait(&self, thread: u32) {
        loop {
            let turn = self.0.load(SeqCst);
            if turn == thread {
                return;
            }
            sleep_while(&self.0, turn);
        }
    }

    /// Gives the turn to `thread`. The word changes before the wake-up: a thread that is about to sleep then sees the
    /// new value, and does not sleep.
    pub(crate) fn give(&self, thread: u32) {
        self.0.store(thread, SeqCst);
        wake_one(&self.0);
    }
}
