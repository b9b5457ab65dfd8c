//! Beside the loop: hooks for every iteration, how late callbacks come, and a deadline for a run.

pub(crate) mod delay;
pub(crate) mod hooks;
mod watchdog;
