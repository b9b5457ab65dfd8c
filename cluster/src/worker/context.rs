//! What all the connections of a worker have in common.

use std::time::{Duration, Instant};

use super::connection::MAX_HEAD;
use super::reply::Date;
use super::site::Site;

#[derive(Debug)]
pub(crate) struct WorkerContext {
    pub(crate) site: Site,
    /// What was just read.
    pub(crate) buffer: Box<[u8; MAX_HEAD]>,
    pub(crate) request_time: Duration,
    /// Since when the worker drains.
    pub(crate) draining: Option<Instant>,
    pub(crate) date: Date,
}
