#![doc = include_str!("../README.md")]

#[cfg(not(target_os = "linux"))]
compile_error!("this course shows Linux system calls (gettid, /proc): build it on Linux, x86-64 or ARM");

use std::io::Write;

pub mod shortage; // what to say when threads cannot be started
mod sync;
mod inbox;
mod ticket;
pub mod outcome;
mod crew; // the threads, started all at once and joined
pub mod executor; // what this pool, threadpool and rayon have in common
pub mod lazy; // no thread before the first job
pub mod pool; // the queue and its threads, together
pub mod pools;
mod queue; // the one queue: first in, first out
pub mod rendezvous; // a meeting that proves jobs run at once
pub mod size; // how many threads: UV_THREADPOOL_SIZE
pub mod steps; // the fifth job waits
pub mod submitter; // one thread's side: jobs out, completions back
pub mod tasks; // the threads of this process, as the kernel lists them
pub mod timeline; // when each of k sleeping jobs ran, and where
pub mod trace; // who ran a job, and who its callback
pub mod work; // what libuv's pool is for: files, lookups, crypto // the same jobs on three pools

pub use executor::{Executor, Job, Lane};
pub use outcome::{JobError, Outcome};
pub use pool::{Pool, Shutdown};
pub use submitter::Submitter;
pub use ticket::{Cancel, JobHandle};

/// One demonstration of the chapter.
pub struct Lesson {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it shows, in a line.
    pub about: &'static str,
    /// Shows it. Fails when what it saw is not what the lesson claims.
    pub show: fn(out: &mut dyn Write) -> anyhow::Result<()>,
}

/// The lessons, in reading order.
pub const LESSONS: &[Lesson] = &[
    Lesson { name: "lazy", about: "no thread before the first job, then all", show: lazy::show },
    Lesson { name: "steps", about: "five sleeping jobs: the fifth waits", show: steps::show },
    Lesson { name: "work", about: "a file, a lookup, a key; who did it?", show: work::show },
    Lesson { name: "pools", about: "the same jobs on threadpool and rayon", show: pools::show },
];
