#![doc = include_str!("../README.md")]

#[cfg(not(target_os = "linux"))]
compile_error!("this course shows Linux system calls (fork, /proc, epoll): build it on Linux, x86-64 or ARM");

use std::io::Write;
use std::path::Path;

pub mod fork; // a copy of this process, and how its end is collected
pub mod mapping; // pages that fork copies, or shares
pub mod footprint; // what a process costs in memory
pub mod memory; // lesson: a child's write, seen by its parent or not
pub mod child; // this program again, in the role of a child
pub mod spawn; // lesson: another program: what it inherits, how it ends
pub mod pidfd; // waiting for a child with a deadline
pub mod stdio; // lesson: where its output leads, and a deadlock
pub mod reap; // lesson: a zombie, and its end
pub mod signals; // lesson: asking a child to end, and making it
pub mod orphan; // lesson: children whose parent is killed
pub mod handshake; // how parent and child come by a channel
pub mod message; // lesson: typed messages: Node's fork('child.js')
pub mod echo; // bytes to a child and back, over pipes
pub mod bulk; // bytes to a child and back, over ipc-channel
pub mod shared; // lesson: 64 MiB, sent or shared
pub mod fault; // seven ways to go wrong
pub mod crash; // lesson: a child goes wrong, the others go on
pub mod what_is_shared; // lesson: what a child changes, and who notices

/// One demonstration of the chapter.
pub struct Lesson {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it shows, in a line.
    pub about: &'static str,
    /// Shows it. Children with a program of their own run `program`, this chapter's executable. Fails when what it
    /// saw is not what the lesson claims.
    pub show: fn(out: &mut dyn Write, program: &Path) -> anyhow::Result<()>,
}

/// The lessons, in reading order.
pub const LESSONS: &[Lesson] = &[
    Lesson { name: "memory", about: "a child writes; does its parent see it?", show: memory::show },
    Lesson { name: "spawn", about: "another program, and how it ended", show: spawn::show },
    Lesson { name: "stdio", about: "where does a child's output lead?", show: stdio::show },
    Lesson { name: "reap", about: "a child has ended; is it gone?", show: reap::show },
    Lesson { name: "signals", about: "ask a child to end; what if it does not?", show: signals::show },
    Lesson { name: "orphan", about: "a parent is killed; what of its children?", show: orphan::show },
    Lesson { name: "message", about: "typed messages to a child of its own program", show: message::show },
    Lesson { name: "shared", about: "64 MiB to a child: sent, or shared?", show: shared::show },
    Lesson { name: "crash", about: "a child goes wrong; who survives?", show: crash::show },
    Lesson { name: "what-is-shared", about: "a child changes it; who notices?", show: what_is_shared::show },
];
