#![doc = include_str!("../README.md")]

#[cfg(not(target_os = "linux"))]
compile_error!("this course shows Linux system calls (gettid, /proc): build it on Linux, x86-64 or ARM");

use std::io::Write;

pub mod tasks; // the threads of this process, as the kernel lists them
pub mod size; // how many threads: UV_THREADPOOL_SIZE
mod sync; // what the next files build on; the model checker puts its own in this place
mod queue; // the one queue: first in, first out, in two lanes
mod crew; // the threads, started all at once; or fewer, and why
pub mod pool; // the queue and its threads, together
pub mod executor; // what this pool, threadpool and rayon have in common
pub mod outcome; // what can come of a job
mod ticket; // a job's outcome, told always and once; cancel
pub mod submitter; // one thread's side: jobs out, completions back
pub mod trace; // who ran a job, and who its callback
pub mod rendezvous; // a meeting that proves jobs run at once
pub mod timeline; // when each job ran, and where
pub mod lazy; // no thread before the first job
pub mod steps; // the fifth job waits
pub mod work; // what libuv's pool is for: files, lookups, crypto
pub mod network; // what it is not for
pub mod line; // head-of-line blocking
pub mod lane; // lookups hold up no file
pub mod cancel; // queued, running, done
pub mod panics; // a job that panics, on three pools
pub mod nested; // a job that waits for a job

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
    Lesson { name: "network", about: "a hundred round trips, and no thread", show: network::show },
    Lesson { name: "line", about: "a moment's job behind long ones", show: line::show },
    Lesson { name: "lane", about: "slow lookups, and a file behind them", show: lane::show },
    Lesson { name: "cancel", about: "queued, running, done: what can be stopped", show: cancel::show },
    Lesson { name: "panics", about: "a job panics, on three pools", show: panics::show },
    Lesson { name: "nested", about: "a job waits for a job it submitted", show: nested::show },
];
