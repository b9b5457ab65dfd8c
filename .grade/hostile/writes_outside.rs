//! Verdict: failed
//!
//! It writes into folders that are not its own.

use std::fs;
use std::io;

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It exited with this code.
    Code(i32),
    /// It was killed by the signal with this number.
    Signal(i32),
}

/// Leaves files where everybody may write, and in the chapter.
pub fn reap_all() -> io::Result<Vec<(i32, End)>> {
    for folder in ["/tmp", "/var/tmp", "/dev/shm", "/", env!("CARGO_MANIFEST_DIR"), ".."] {
        let _ = fs::write(format!("{folder}/written-by-a-submission"), "here");
    }
    Ok(vec![(0, End::Code(0))])
}
