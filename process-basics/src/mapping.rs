//! One number in a mapping of its own, which `fork(2)` copies or shares as `mmap(2)` was told.

use std::io;
use std::mem::size_of;
use std::num::NonZeroUsize;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

use nix::libc::c_void;
use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, munmap};

const LENGTH: NonZeroUsize = NonZeroUsize::new(size_of::<AtomicU64>()).unwrap();

/// A number in memory of its own, 0 at first, unmapped when dropped. An atomic, since with `shared` two processes use
/// it at once.
#[derive(Debug)]
pub struct Mapping {
    address: NonNull<c_void>,
}

impl Mapping {
    /// After a fork each process has its own (`MAP_PRIVATE`): all memory of a program is like this.
    ///
    /// # Errors
    /// `ENOMEM`, as of mmap(2).
    pub fn private() -> io::Result<Self> {
        Self::new(MapFlags::MAP_PRIVATE)
    }

    /// After a fork both processes have the same (`MAP_SHARED`).
    ///
    /// # Errors
    /// `ENOMEM`, as of mmap(2).
    pub fn shared() -> io::Result<Self> {
        Self::new(MapFlags::MAP_SHARED)
    }

    fn new(flags: MapFlags) -> io::Result<Self> {
        let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: a new mapping at an address of the kernel's choice overlaps nothing.
        let address = unsafe { mmap_anonymous(None, LENGTH, access, flags) }?;
        Ok(Self { address })
    }
}

// SAFETY: the mapping belongs to `self` alone and holds an atomic: any thread may use it, and any one unmap it.
unsafe impl Send for Mapping {}
// SAFETY: as above; a shared reference gives nothing but the atomic.
unsafe impl Sync for Mapping {}

impl Deref for Mapping {
    type Target = AtomicU64;

    fn deref(&self) -> &AtomicU64 {
        // SAFETY: the mapping is page-aligned, zeroed, large enough, and lives as long as `self`; whoever else maps
        // it uses it as an atomic, too.
        unsafe { self.address.cast::<AtomicU64>().as_ref() }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: this is our mapping, and the borrow rules let no reference into it outlive `self`.
        let unmapped = unsafe { munmap(self.address, LENGTH.get()) };
        debug_assert!(unmapped.is_ok(), "munmap of our own mapping: {unmapped:?}");
    }
}
