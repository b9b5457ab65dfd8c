//! Verdict: hung
//!
//! An endless loop, bounded to a minute.

use std::hint;
use std::io;
use std::time::{Duration, Instant};

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It exited with this code.
    Code(i32),
    /// It was killed by the signal with this number.
    Signal(i32),
}

/// Burns a CPU.
pub fn reap_all() -> io::Result<Vec<(i32, End)>> {
    let end = Instant::now() + Duration::from_secs(60);
    while Instant::now() < end {
        hint::spin_loop();
    }
    Ok(Vec::new())
}
