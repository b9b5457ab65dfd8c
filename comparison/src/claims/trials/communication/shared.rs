//! Memory that both ends have, and the system call to sleep on a word in it.

use std::io;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use nix::libc;
use process_basics::mapping::{Mapping, PAGE};

/// A word, and on the pages after it room for a message; shared by threads, and by processes that were forked later.
pub(super) struct Shared {
    mapping: Mapping,
    room: usize,
}

impl Shared {
    /// The word is 0.
    pub(super) fn new(room: usize) -> io::Result<Self> {
        Ok(Self { mapping: Mapping::shared(1 + room.div_ceil(PAGE))?, room })
    }

    /// futex(2) wants 32 bits: the first half of the number on the first page.
    pub(super) fn word(&self) -> &AtomicU32 {
        let word = NonNull::from(self.mapping.page(0)).cast::<AtomicU32>();
        // SAFETY: the mapping is as aligned and lives as long as `self`; that page is used for nothing else.
        unsafe { word.as_ref() }
    }

    /// Sleeps while the word is `value`; may also return without a reason. Not FUTEX_PRIVATE_FLAG: another process
    /// may be the one that wakes us.
    pub(super) fn sleep_while(&self, value: u32) {
        let no_deadline = std::ptr::null::<libc::timespec>();
        // SAFETY: FUTEX_WAIT reads the word, which outlives the call, and nothing else of ours.
        unsafe { libc::syscall(libc::SYS_futex, self.word().as_ptr(), libc::FUTEX_WAIT, value, no_deadline) };
    }

    /// Changes the word, and wakes one sleeper.
    pub(super) fn change(&self, value: u32) {
        self.word().store(value, SeqCst);
        // SAFETY: FUTEX_WAKE uses the address only as a name for its sleepers.
        unsafe { libc::syscall(libc::SYS_futex, self.word().as_ptr(), libc::FUTEX_WAKE, 1) };
    }

    /// Copies a message in. Whose turn it is, the word says: the other end keeps away meanwhile.
    pub(super) fn put(&self, message: &[u8]) {
        assert!(message.len() <= self.room, "{} bytes into {}", message.len(), self.room);
        // SAFETY: there is room, just checked; a slice of ours does not overlap the mapping.
        unsafe { std::ptr::copy_nonoverlapping(message.as_ptr(), self.message(), message.len()) };
    }

    /// Copies it out.
    pub(super) fn get(&self, message: &mut [u8]) {
        assert!(message.len() <= self.room, "{} bytes from {}", message.len(), self.room);
        // SAFETY: as in `put`.
        unsafe { std::ptr::copy_nonoverlapping(self.message(), message.as_mut_ptr(), message.len()) };
    }

    fn message(&self) -> *mut u8 {
        std::ptr::with_exposed_provenance_mut(self.mapping.address() + PAGE)
    }
}
