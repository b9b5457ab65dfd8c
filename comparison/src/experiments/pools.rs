//! A pool with all its threads, or the limit that it meets.

use std::io::{self, ErrorKind};

use nix::sys::resource::{Resource, getrlimit};
use thread_pool::Pool;

/// A pool whose threads are there, and may all have a file open.
pub(super) fn started(size: usize) -> io::Result<Pool> {
    const OWN: u64 = 16; // descriptors of the process itself
    let (descriptors, _) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if descriptors < size as u64 + OWN {
        let why = format!("only {descriptors} descriptors (ulimit -n)");
        return Err(io::Error::new(ErrorKind::QuotaExceeded, why));
    }
    let pool = Pool::new(size);
    pool.start()?;
    Ok(pool)
}
