//! The outcome of a job.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::mem;
use std::panic::{self, AssertUnwindSafe};

/// The outcome of a job: its result, or why it has none.
pub type Outcome<T> = Result<T, JobError>;

/// Why a job has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobError {
    /// It panicked, with this message.
    Panicked(String),
    /// It never ran: it was cancelled while it was queued.
    Cancelled,
    /// It never ran: the pool was shut down first.
    Discarded,
}

impl JobError {
    /// `panic!` carries a `&str` or a `String`; `panic_any` may carry anything.
    pub(crate) fn of_panic(payload: &(dyn Any + Send)) -> Self {
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        Self::Panicked(text.unwrap_or("a value without a text").to_owned())
    }
}

/// Drops a value of which nothing is known. A panic's payload or a job's captured values may have a `drop` that panics
/// in turn: that panic ends here, and its payload is leaked, since dropping that one could panic again.
pub(crate) fn drop_quietly<T>(value: T) {
    if let Err(payload) = panic::catch_unwind(AssertUnwindSafe(|| drop(value))) {
        mem::forget(payload);
    }
}

impl fmt::Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Panicked(message) => write!(f, "the job panicked: {message}"),
            Self::Cancelled => write!(f, "the job never ran: it was cancelled"),
            Self::Discarded => write!(f, "the job never ran: its pool was shut down first"),
        }
    }
}

impl Error for JobError {}
