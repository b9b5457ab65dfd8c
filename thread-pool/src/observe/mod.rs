//! How to see what a pool does: the ids of its threads, and a meeting that proves that jobs run at the same time.

pub mod rendezvous; // a meeting that only jobs which run at the same time can keep
pub mod tasks; // the threads of this process, as the kernel lists them
