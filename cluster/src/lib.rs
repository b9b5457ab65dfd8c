#![doc = include_str!("../README.md")]

#[cfg(not(target_os = "linux"))]
compile_error!("this course shows Linux system calls (fork, /proc, epoll): build it on Linux, x86-64 or ARM");

use std::io::Write;
use std::path::Path;

pub mod schedule; // who accepts a connection: three ways
pub mod settings; // what to serve, and how
mod port; // the port: claimed once, shut in the end
mod poller; // one wait for many descriptors
mod channel; // messages between primary and worker, some with a socket attached
mod http; // a request's head in, a reply out
pub mod site; // what the service answers
pub mod connection; // one client's connection: never waiting, in bounded memory
mod worker; // a process that serves many connections
pub mod life; // a worker as its primary sees it
mod dealer; // round-robin, and what is not acknowledged
pub mod respawn; // when a dead worker is replaced
pub mod primary; // the process that keeps the workers
pub mod ending; // in good order, within a deadline
mod rolling; // all workers replaced, one at a time
pub mod child; // this program again, in the role of a child
pub mod client; // the other side of the port
pub mod load; // many clients at once
pub mod handle; // a whole cluster as a value
pub mod answers; // who answers, and how evenly
pub mod slow; // a slow worker under each schedule
pub mod pins; // a kept connection stays with its worker
pub mod variables; // what workers do not share
pub mod killed; // a worker dies, the service goes on
mod network; // a network of one's own, to try a switch in
pub mod queued; // what waits at a listener that is closed
pub mod restart; // a rolling restart under load

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
    Lesson { name: "slow", about: "one worker is busy; who waits for it?", show: slow::show },
    Lesson { name: "pins", about: "what is balanced: requests?", show: pins::show },
    Lesson { name: "variables", about: "do workers share a counter?", show: variables::show },
    Lesson { name: "killed", about: "a worker dies; who notices?", show: killed::show },
    Lesson { name: "queued", about: "a listener dies; what waited there?", show: queued::show },
    Lesson { name: "restart", about: "all workers replaced under load", show: restart::show },
];
