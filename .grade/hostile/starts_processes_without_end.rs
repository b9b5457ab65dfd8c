//! Verdict: killed (processes)
//!
//! A fork bomb, bounded to 300 processes and a minute.

use std::io;
use std::process::Command;
use std::thread;
use std::time::Duration;

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It exited with this code.
    Code(i32),
    /// It was killed by the signal with this number.
    Signal(i32),
}

/// Starts processes and reaps none.
pub fn reap_all() -> io::Result<Vec<(i32, End)>> {
    for _ in 0..300 {
        let _ = Command::new("sleep").arg("60").spawn();
    }
    thread::sleep(Duration::from_secs(60));
    Ok(Vec::new())
}
