//! What to say when threads cannot be started. pthread_create(3) answers `EAGAIN` whatever the limit was, so the text
//! names all of them.

use std::fmt;
use std::io;

use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit};

use crate::size;

/// Fewer threads could be started than were asked for.
#[derive(Debug)]
pub struct Shortage {
    /// How many were asked for.
    pub wanted: usize,
    /// How many there are. The pool works on with those.
    pub got: usize,
    /// What the first failing start said.
    pub cause: io::Error,
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} of {} threads could be started: {}. ", self.got, self.wanted, self.cause)?;
        write!(f, "The limit is the user's (ulimit -u: {}), ", soft_limit(Resource::RLIMIT_NPROC, 1))?;
        write!(f, "the address space (ulimit -v: {}), ", soft_limit(Resource::RLIMIT_AS, 1024))?;
        write!(f, "the container's (pids.max) or the machine's (kernel.threads-max). ")?;
        write!(f, "Raise it, or ask for fewer threads with {}", size::VARIABLE)
    }
}

/// In the unit that the shell's `ulimit` uses.
fn soft_limit(resource: Resource, unit: u64) -> String {
    match getrlimit(resource) {
        Ok((RLIM_INFINITY, _)) => "unlimited".to_owned(),
        Ok((limit, _)) => (limit / unit).to_string(),
        Err(error) => format!("unknown, {error}"),
    }
}
