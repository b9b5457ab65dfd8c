//! Seven ways in which a program can fail, each of them real: the caller does fail.

use std::fmt;
use std::hint::{self, black_box};
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::process;
use std::ptr;

use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous};
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};

/// What [`Fault::announce_and_commit`] prints before the fault begins.
pub const BEGUN: &str = "the fault begins";

/// The exit code of [`Fault::Exit`].
pub const EXIT_CODE: i32 = 3;

/// A way to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `panic!`, which unwinds the stack: Rust's relative of an uncaught `throw`.
    Panic,
    /// exit(3) with the code [`EXIT_CODE`].
    Exit,
    /// abort(3).
    Abort,
    /// A write to a page that may not be accessed.
    SegmentationFault,
    /// A function that calls itself without an end. Rust's runtime detects it, prints a message, and aborts.
    StackOverflow,
    /// An allocation above a limit that the process has set for itself. Rust's runtime aborts.
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

    /// The fault with that name.
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
            Self::StackOverflow => "stack overflow",
            Self::OutOfMemory => "out of memory",
            Self::EndlessLoop => "endless loop",
        }
    }

    /// Prints [`BEGUN`] as a line on standard output, and fails. Whoever reads that line knows that the fault was
    /// really begun, however the process ends afterwards.
    pub fn announce_and_commit(self) {
        let mut out = io::stdout();
        let _ = writeln!(out, "{BEGUN}").and_then(|()| out.flush());
        self.commit();
    }

    /// Fails, in the calling thread. No core file is written, whatever the settings of the machine.
    ///
    /// # Panics
    /// [`Fault::Panic`] does.
    pub fn commit(self) {
        // The limit stops core files; clearing "dumpable" also stops those that are piped to a program (core(5)).
        let _ = setrlimit(Resource::RLIMIT_CORE, 0, 0);
        let _ = prctl::set_dumpable(false);
        match self {
            Self::Panic => panic!("this panic is the lesson"),
            Self::Exit => process::exit(EXIT_CODE),
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

/// The array keeps the compiler from turning the call into a loop, and fills the stack sooner.
#[expect(unconditional_recursion, reason = "this is the fault")]
fn recurse(depth: u64) {
    let frame = black_box([depth; 128]);
    recurse(depth + 1);
    black_box(frame);
}

/// Limits the address space to less than the allocation that follows (`RLIMIT_AS`, getrlimit(2)).
fn exhaust_memory() {
    const LIMIT: u64 = 1 << 30;
    let _ = setrlimit(Resource::RLIMIT_AS, LIMIT, LIMIT);
    black_box(Vec::<u8>::with_capacity(2 * LIMIT as usize));
}

fn touch_forbidden_page() {
    let page = NonZeroUsize::new(1).expect("one byte, rounded up to a page");
    // SAFETY: a new mapping at an address that the kernel chooses overlaps nothing.
    let page = unsafe { mmap_anonymous(None, page, ProtFlags::PROT_NONE, MapFlags::MAP_PRIVATE) };
    let page = page.expect("a page of address space");
    // SAFETY: no Rust object lives there, and the access is volatile: the processor traps it, which is the purpose.
    unsafe { ptr::write_volatile(page.as_ptr().cast::<u8>(), 1) };
}
