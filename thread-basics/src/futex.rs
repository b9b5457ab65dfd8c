//! The futex beneath: a thread sleeps on a word in memory until another changes it and says so (futex(2)).

use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use nix::libc;

/// Sleeps while `word` is `expected`; may also return without a reason, so it is called in a loop.
fn sleep_while(word: &AtomicU32, expected: u32) {
    const WAIT: i32 = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
    let no_deadline = ptr::null::<libc::timespec>();
    // SAFETY: FUTEX_WAIT reads the word, which outlives the call, and nothing else of ours.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), WAIT, expected, no_deadline) };
}

/// Wakes one thread that sleeps on `word`.
fn wake_one(word: &AtomicU32) {
    const WAKE: i32 = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: FUTEX_WAKE uses the address only as a name for those who sleep on it.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), WAKE, 1) };
}

/// A word that two threads pass back and forth.
#[derive(Debug, Default)]
pub struct Turn(AtomicU32);

impl Turn {
    /// Waits until it is the turn of `whose`.
    pub fn wait(&self, whose: u32) {
        loop {
            match self.0.load(SeqCst) {
                turn if turn == whose => return,
                turn => sleep_while(&self.0, turn),
            }
        }
    }

    /// Gives the turn to `whom`. The word is changed first: who is about to sleep then sees it and does not.
    pub fn give(&self, whom: u32) {
        self.0.store(whom, SeqCst);
        wake_one(&self.0);
    }
}
