#![doc = include_str!("../README.md")]

#[cfg(not(target_os = "linux"))]
compile_error!("this course shows Linux system calls (fork, /proc, epoll): build it on Linux, x86-64 or ARM");

use std::io::Write;
use std::path::Path;

pub mod fork; // a copy of this process, and how its end is collected
pub mod mapping; // memory that fork copies, or shares
pub mod memory; // a child's write: seen by the parent, or not
pub mod footprint; // what a process costs in memory
pub mod spawn; // another program: its exit code or signal
pub mod child; // this program again, in the role of a child
pub mod pidfd; // waiting for a child with a deadline
pub mod echo; // bytes to a child and back, over pipes
pub mod handshake; // how parent and child come by a channel
pub mod ipc; // typed messages to a child: Node's fork('child.js')
pub mod bulk; // bytes over the same kind of channel
pub mod fault; // five ways to go wrong
pub mod crash; // a child goes wrong, the others go on

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
    Lesson { name: "ipc", about: "typed messages to a child of its own program", show: ipc::show },
    Lesson { name: "crash", about: "a child goes wrong; who survives?", show: crash::show },
];
