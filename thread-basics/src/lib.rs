#![doc = include_str!("../README.md")]

#[cfg(not(target_os = "linux"))]
compile_error!("this course shows Linux system calls (clone, futex, /proc): build it on Linux, x86-64 or ARM");

use std::io::Write;
use std::path::Path;

pub mod memory; // lesson: a write is seen; an update is lost, and its cures
pub mod spawn; // lesson: what a thread borrows, returns, is called
pub mod message; // lesson: a channel moves a value: nothing is copied
pub mod channels; // lesson: how much lies in a channel, and who waits
pub mod echo; // the same pipe as between processes, between threads
pub mod futex; // sleeping on a word in memory
pub mod wait; // lesson: waiting without burning a processor
pub mod worker; // lesson: Node's new Worker('./worker.js')
pub mod fault; // seven ways to go wrong
pub mod child; // this program again: a process in which a thread may go wrong
pub mod stop; // lesson: no kill for a thread
pub mod crash; // lesson: a thread goes wrong; who survives?
pub mod exec; // lesson: a thread cannot become another program
pub mod what_is_shared; // lesson: what a thread changes, and who notices

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
    Lesson { name: "spawn", about: "a thread's loan, name and limits", show: spawn::show },
    Lesson { name: "message", about: "a channel moves a value, without a copy", show: message::show },
    Lesson { name: "channels", about: "how much lies in a channel; who waits?", show: channels::show },
    Lesson { name: "wait", about: "what does waiting cost?", show: wait::show },
    Lesson { name: "worker", about: "start, data in, message out, join", show: worker::show },
    Lesson { name: "stop", about: "can a thread be stopped?", show: stop::show },
    Lesson { name: "crash", about: "a thread goes wrong; who survives?", show: crash::show },
    Lesson { name: "exec", about: "a thread runs another program; who is left?", show: exec::show },
    Lesson { name: "what-is-shared", about: "a thread changes it; who notices?", show: what_is_shared::show },
];
