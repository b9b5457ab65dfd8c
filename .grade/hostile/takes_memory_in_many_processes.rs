//! Verdict: killed (memory)
//!
//! A memory bomb of sixteen processes, none of which is large: 1.6 GiB, for a minute.

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

/// Starts processes that hold 100 MiB each.
pub fn reap_all() -> io::Result<Vec<(i32, End)>> {
    for _ in 0..16 {
        let script = "x=$(head -c 50000000 /dev/zero | tr '\\0' x); sleep 60";
        let _ = Command::new("sh").arg("-c").arg(script).spawn();
    }
    thread::sleep(Duration::from_secs(60));
    Ok(Vec::new())
}
