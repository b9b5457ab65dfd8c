#![doc = include_str!("../README.md")]

#[cfg(not(target_os = "linux"))]
compile_error!("this course shows Linux system calls (fork, /proc, epoll): build it on Linux, x86-64 or ARM");

use std::io::Write;
use std::path::Path;

pub mod answers; // who answered how often
mod channel; // messages between primary and worker, some with a socket attached
pub mod child; // this program again, in the role of a child
pub mod client; // the other side of the port
pub mod connection; // one client's connection: never waiting, in bounded memory
mod dealer; // round-robin, and what is not acknowledged
pub mod handle; // a whole cluster as a value
mod http; // a request's head in, a reply out
pub mod killed;
mod life; // a worker as its primary sees it
mod poller; // one wait for many descriptors
mod port; // the port, claimed once
pub mod primary; // the process that keeps the workers
pub mod respawn; // when a dead worker is replaced
pub mod schedule; // who accepts a connection: three ways
pub mod serve; // the service
pub mod site; // what the service answers
pub mod variables; // what workers do not share
pub mod worker; // a process that serves many connections // a worker dies, the service goes on

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
    Lesson { name: "who-answers", about: "one port, several processes", show: answers::show },
    Lesson { name: "variables", about: "do workers share a counter?", show: variables::show },
    Lesson { name: "killed", about: "a worker dies; who notices?", show: killed::show },
];
