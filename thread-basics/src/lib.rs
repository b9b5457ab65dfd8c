#![doc = include_str!("../README.md")]

#[cfg(not(target_os = "linux"))]
compile_error!("this course shows Linux system calls (clone, futex, /proc): build it on Linux, x86-64 or ARM");

use std::io::Write;
use std::path::Path;

pub mod memory; // a thread's write is seen; an update is lost, and its cure
pub mod message; // a channel moves a value: nothing is copied
pub mod echo; // the same pipe as between processes, between threads
pub mod worker; // data in, messages out: Node's new Worker('./worker.js')
pub mod fault; // five ways to go wrong
pub mod child; // this program again: a process in which a thread may go wrong
pub mod crash; // a thread goes wrong; who survives?
pub mod exec; // a thread cannot become another program

/// One demonstration of the chapter.
pub struct Lesson {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it shows, in a line.
    pub about: &'static str,
    /// Shows it. A process that may be lost runs `program`, this chapter's executable. Fails when what it saw is not
    /// what the lesson claims.
    pub show: fn(out: &mut dyn Write, program: &Path) -> anyhow::Result<()>,
}

/// The lessons, in reading order.
pub const LESSONS: &[Lesson] = &[
    Lesson { name: "memory", about: "a thread writes; do the others see it?", show: memory::show },
    Lesson { name: "message", about: "a channel moves a value, without a copy", show: message::show },
    Lesson { name: "worker", about: "start, data in, message out, join", show: worker::show },
    Lesson { name: "crash", about: "a thread goes wrong; who survives?", show: crash::show },
    Lesson { name: "exec", about: "a thread runs another program; who is left?", show: exec::show },
];
