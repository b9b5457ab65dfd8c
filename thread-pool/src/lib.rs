#![doc = include_str!("../README.md")]

#[cfg(not(target_os = "linux"))]
compile_error!("this course shows Linux system calls (gettid, /proc): build it on Linux, x86-64 or ARM");

// The core, in reading order.
pub mod executor; // what all pools have in common; the two kinds of jobs
mod queue; // the one queue: first in, first out, with a cap on slow I/O
mod threads; // the threads, started all at once
pub mod outcome; // the outcome of a job
mod completion; // a job's outcome, sent always and exactly once; cancel
pub mod submitter; // one thread's side: jobs out, completions back
pub mod size; // how many threads: UV_THREADPOOL_SIZE
pub mod pool; // the queue and its threads, together

pub mod cli; // the command line
pub mod lessons; // what the program shows
pub mod observe; // which thread runs a job, and which jobs run at the same time
mod support; // what the chapter is built on
pub mod work; // what libuv's pool is for: files, lookups, crypto

pub use completion::JobHandle;
pub use executor::{Executor, Job, WorkKind};
pub use lessons::LESSONS;
pub use observe::{rendezvous, tasks};
pub use outcome::{JobError, Outcome};
pub use pool::{Pool, Shutdown};
pub use submitter::Submitter;
pub use support::inherited;
