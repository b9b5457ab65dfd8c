//! The experiments: each a function that takes the samples of one process. What the arms are called stands beside the
//! experiment, once.

pub(crate) mod architecture;
pub(crate) mod communication;
pub(crate) mod crash;
pub(crate) mod creation;
pub(crate) mod files;
pub(crate) mod footprints;
pub(crate) mod isolation;
pub(crate) mod loop_delay;
pub(crate) mod parents;
pub(crate) mod scenarios;
pub(crate) mod visible;

pub(crate) mod candidates;
pub(crate) mod offload;
