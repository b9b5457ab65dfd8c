//! Measuring: arms in turn, each experiment in fresh processes, ratios with an interval. Knows nothing of claims.

pub mod samples; // what is measured: arms, ratios, experiments
pub mod stats; // medians, and the interval of a ratio
pub mod plan; // what an experiment needs to know, and why it may stop
pub mod bench; // arms in turn, in random order, for a while
pub mod placement; // which CPU each end runs on
pub mod machine; // what the figures depend on
pub mod neighbours; // who else used the processors
pub mod interrupt; // Ctrl-C: stop, and write what was measured
pub mod own_program; // this program again, as a child
pub mod strays; // what a process leaves behind when it ends
pub mod runner; // experiments one after another, each in fresh processes
pub mod forked; // a forked child that computes a number
pub mod footprint; // what a process costs in memory
pub mod work; // work for a processor, with a result that shows it was done
pub mod window; // how wide the terminal is
