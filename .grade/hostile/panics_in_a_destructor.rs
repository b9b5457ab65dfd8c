//! Verdict: ended early
//!
//! A panic in a destructor while another panic unwinds: Rust aborts the process.

use std::io;

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It exited with this code.
    Code(i32),
    /// It was killed by the signal with this number.
    Signal(i32),
}

/// Panics twice.
pub fn reap_all() -> io::Result<Vec<(i32, End)>> {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in the destructor");
        }
    }
    let _bomb = Bomb;
    panic!("first");
}
