//! Pages of memory that fork(2) copies or shares: mmap(2) was asked for one or the other.

use std::io;
use std::num::NonZeroUsize;
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

use nix::libc::{self, c_void};
use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, munmap};

/// The size of a page in bytes: 4096 on most machines, 16384 or more on some with an ARM processor.
pub fn page_size() -> usize {
    // SAFETY: sysconf(3) takes any number. The size of a page is always known.
    unsafe { libc::sysconf(libc::_SC_PAGESIZE) as usize }
}

/// A number at the start of each page, 0 at first; unmapped when dropped. The numbers are atomics, since two processes,
/// or two threads, may use them at once.
#[derive(Debug)]
pub struct Mapping {
    address: NonNull<c_void>,
    length: NonZeroUsize,
}

impl Mapping {
    /// After a fork each process has its own (`MAP_PRIVATE`): all memory of a program is like this.
    ///
    /// # Errors
    /// `ENOMEM`, as of mmap(2).
    ///
    /// # Panics
    /// When there are no pages.
    pub fn private(pages: usize) -> io::Result<Self> {
        Self::new(pages, MapFlags::MAP_PRIVATE)
    }

    /// After a fork both processes have the same (`MAP_SHARED`).
    ///
    /// # Errors
    /// As [`Mapping::private`].
    ///
    /// # Panics
    /// As [`Mapping::private`].
    pub fn shared(pages: usize) -> io::Result<Self> {
        Self::new(pages, MapFlags::MAP_SHARED)
    }

    fn new(pages: usize, flags: MapFlags) -> io::Result<Self> {
        let length = NonZeroUsize::new(pages * page_size()).expect("a mapping has pages");
        let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: a new mapping at an address that the kernel chooses overlaps nothing.
        let address = unsafe { mmap_anonymous(None, length, access, flags) }?;
        Ok(Self { address, length })
    }

    /// The number on page `n`.
    ///
    /// # Panics
    /// When there is no such page.
    pub fn page(&self, n: usize) -> &AtomicU64 {
        assert!(n < self.length.get() / page_size(), "no page {n} in {} bytes", self.length);
        // SAFETY: page n lies in the mapping.
        let page = unsafe { self.address.byte_add(n * page_size()) };
        // SAFETY: the mapping is zeroed, aligned, and lives as long as `self`; other processes use it as atomics, too.
        unsafe { page.cast::<AtomicU64>().as_ref() }
    }
}

// SAFETY: the mapping belongs to `self` alone and holds atomics: any thread may use it, or unmap it.
unsafe impl Send for Mapping {}
// SAFETY: as above; a shared reference gives nothing but atomics.
unsafe impl Sync for Mapping {}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: this is our mapping, and the borrow rules let no reference into it outlive `self`.
        let unmapped = unsafe { munmap(self.address, self.length.get()) };
        debug_assert!(unmapped.is_ok(), "munmap of our own mapping: {unmapped:?}");
    }
}
