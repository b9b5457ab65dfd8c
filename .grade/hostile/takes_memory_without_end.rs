//! Verdict: killed (memory)
//!
//! A memory bomb, bounded to 2 GiB and a minute.

use std::io;
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

/// Fills 64 MiB after 64 MiB.
pub fn reap_all() -> io::Result<Vec<(i32, End)>> {
    let mut taken = Vec::new();
    for _ in 0..32 {
        taken.push(vec![1u8; 64 << 20]);
    }
    thread::sleep(Duration::from_secs(60));
    Ok(vec![(taken.len() as i32, End::Code(0))])
}
