#![doc = include_str!("../README.md")]

#[cfg(not(target_os = "linux"))]
compile_error!("this course measures Linux system calls (fork, /proc, epoll): build it on Linux, x86-64 or ARM");

pub mod report; // what is written: machine, samples, tables
pub mod machine; // what the figures depend on
pub mod placement; // which CPU each end runs on
pub mod stats; // medians, percentiles, ratios with an interval
pub mod bench; // arms in turn, in random order
pub mod experiments; // what is measured
pub mod child; // one experiment, or a chapter's role, in a process of its own
mod bulk; // bytes to a child over ipc-channel and back
mod after_fork; // what a forked child changes, and whether its parent notices
mod echo; // a child that answers
pub mod node; // the real Node.js as a partner
pub mod load; // who else used the processors
pub mod interrupt; // Ctrl-C: stop, and write what was measured
pub mod runner; // experiments one after another, each with a deadline
pub mod verdict; // from ratios to words
pub mod tables; // the document's tables, from samples alone
pub mod predict; // the reader's guess, beside the measurement
pub mod render; // to the terminal, Markdown, HTML
pub mod saved; // a report on disk
