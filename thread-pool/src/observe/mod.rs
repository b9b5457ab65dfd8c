//! How to see what a pool does: thread ids, times, and a meeting that proves that jobs run at once.

pub mod rendezvous; // a meeting that only jobs which run at once can keep
pub mod tasks; // the threads of this process, as the kernel lists them
pub mod timeline; // when each job ran, and on which thread
pub mod trace; // the threads that ran a job and its callback
