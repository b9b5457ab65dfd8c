#![doc = include_str!("../README.md")]

#[cfg(not(target_os = "linux"))]
compile_error!("this course shows Linux system calls (clone, futex, /proc): build it on Linux, x86-64 or ARM");

pub mod cli; // the command line: lists, finds and runs the lessons

pub mod memory; // lesson: a write is seen; updates are lost; two cures
pub mod spawn; // lesson: what a thread borrows and returns, and when it cannot start
pub mod message; // lesson: a channel moves a value; what it owns stays in place
pub mod wait; // lesson: waiting without using a CPU
pub mod worker; // lesson: Node's new Worker('./worker.js')
pub mod crash; // lesson: a thread fails; which other threads survive?
pub mod stop; // lesson: no function of Rust stops a thread from outside
pub mod more; // two more lessons
pub mod support; // what the lessons need beside their idea

use cli::{Lesson, lesson};
use more::{channels, exec};

/// The lessons, in reading order.
pub const LESSONS: &[Lesson] = &[
    lesson("memory", "a thread writes; do the others see it?", "src/memory.rs", memory::show),
    lesson("spawn", "what a thread may borrow, and when it cannot start", "src/spawn.rs", spawn::show),
    lesson("message", "a send moves a vector, without copying its bytes", "src/message.rs", message::show),
    lesson("wait", "does a thread that waits use a CPU?", "src/wait.rs", wait::show),
    lesson("worker", "start with data, messages both ways, join", "src/worker.rs", worker::show),
    lesson("crash", "a thread fails; what survives?", "src/crash.rs", crash::show),
    lesson("stop", "can a thread be stopped?", "src/stop.rs", stop::show),
    lesson("channels", "how many messages fit before a send waits?", "src/more/channels.rs", channels::show),
    lesson("exec", "a thread runs another program; what is left?", "src/more/exec.rs", exec::show),
];
