#![doc = include_str!("../README.md")]

#[cfg(not(target_os = "linux"))]
compile_error!("this course shows Linux system calls (fork, /proc, epoll): build it on Linux, x86-64 or ARM");

pub mod fork; // a copy of this process, and how its end is collected
pub mod mapping; // pages that fork copies, or shares
pub mod memory; // lesson: a child writes; does its parent see it?
pub mod spawn; // lesson: another program as a child, and how it ended
pub mod reap; // lesson: a zombie
pub mod signals; // lesson: ending a child from outside
pub mod message; // lesson: typed messages: Node's fork('child.js')
pub mod crash; // lesson: a child fails; the others go on
pub mod more; // more lessons
pub mod support; // what the lessons need
pub mod cli; // the command line, the same in every chapter

use cli::{Lesson, lesson};
use more::{orphan, stdio};

/// The lessons, in reading order.
pub const LESSONS: &[Lesson] = &[
    lesson("memory", "a child writes; does its parent see it?", "src/memory.rs", memory::show),
    lesson("spawn", "another program as a child, and how it ended", "src/spawn.rs", spawn::show),
    lesson("stdio", "two pipes from a child; which one do we read?", "src/more/stdio.rs", stdio::show),
    lesson("reap", "a child has ended, but nobody has asked how", "src/reap.rs", reap::show),
    lesson("signals", "ask a child to end; what if it does not?", "src/signals.rs", signals::show),
    lesson("orphan", "a parent is killed; what happens to its children?", "src/more/orphan.rs", orphan::show),
    lesson("message", "typed messages to a child", "src/message.rs", message::show),
    lesson("crash", "a child fails; do the others survive?", "src/crash.rs", crash::show),
];
