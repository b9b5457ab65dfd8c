//! Ways to go wrong, each done for real to whoever calls it.

use std::fmt;
use std::hint::{self, black_box};
use std::num::NonZeroUsize;
use std::process;
use std::ptr;

use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous};
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};

/// A way to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `panic!`, which unwinds the stack.
    Panic,
    /// exit(3) with code 3.
    Exit,
    /// abort(3).
    Abort,
    /// A write to a page that may not be accessed.
    SegmentationFault,
    /// A recursion without an end. Rust's runtime notices, says so, and aborts.
    StackOverflow,
    /// An allocation beyond a limit that this process sets itself. Rust's runtime aborts.
    OutOfMemory,
    /// A loop without an end.
    EndlessLoop,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Panic,
        Self::Exit,
        Self::Abort,
        Self::SegmentationFault,
        Self::StackOverflow,
        Self::OutOfMemory,
        Self::EndlessLoop,
    ];

    /// The one with that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.name() == name)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Panic => "panic",
            Self::Exit => "exit",
            Self::Abort => "abort",
            Self::SegmentationFault => "segfault",
            Self::StackOverflow => "overflow",
            Self::OutOfMemory => "memory",
            Self::EndlessLoop => "loop",
        }
    }

    /// Goes wrong, in this thread. No core file is written, whatever the machine's settings.
    ///
    /// # Panics
    /// [`Fault::Panic`] does.
    pub fn commit(self) {
        // The limit stops core files; clearing "dumpable" also stops those that are piped to a program (core(5)).
        let _ = setrlimit(Resource::RLIMIT_CORE, 0, 0);
        let _ = prctl::set_dumpable(false);
        match self {
            Self::Panic => panic!("this panic is the lesson"),
            Self::Exit => process::exit(3),
            Self::Abort => process::abort(),
            Self::SegmentationFault => touch_forbidden_page(),
            Self::StackOverflow => recurse(0),
            Self::OutOfMemory => exhaust_memory(),
            Self::EndlessLoop => loop {
                hint::spin_loop();
            },
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The array keeps the call from becoming a loop, and uses the stack up sooner.
#[expect(unconditional_recursion, reason = "this is the fault")]
fn recurse(depth: u64) {
    let frame = black_box([depth; 128]);
    recurse(depth + 1);
    black_box(frame);
}

/// Lowers the limit of the address space to less than the allocation that follows (`RLIMIT_AS`, getrlimit(2)).
fn exhaust_memory() {
    const LIMIT: u64 = 1 << 30;
    let _ = setrlimit(Resource::RLIMIT_AS, LIMIT, LIMIT);
    black_box(Vec::<u8>::with_capacity(2 * LIMIT as usize));
}

fn touch_forbidden_page() {
    let page = NonZeroUsize::new(1).expect("one byte, rounded up to a page");
    // SAFETY: a new mapping at an address of the kernel's choice overlaps nothing.
    let page = unsafe { mmap_anonymous(None, page, ProtFlags::PROT_NONE, MapFlags::MAP_PRIVATE) };
    let page = page.expect("a page of address space");
    // SAFETY: no Rust object lives there, and the access is volatile: the processor traps it, which is the purpose.
    unsafe { ptr::write_volatile(page.as_ptr().cast::<u8>(), 1) };
}
