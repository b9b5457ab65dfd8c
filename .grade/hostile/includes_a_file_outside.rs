//! Verdict: does not compile
//!
//! It compiles a file of the machine into its program.

use std::io;

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It exited with this code.
    Code(i32),
    /// It was killed by the signal with this number.
    Signal(i32),
}

/// Prints the users of the machine.
pub fn reap_all() -> io::Result<Vec<(i32, End)>> {
    println!("{}", include_str!("/etc/passwd"));
    Ok(Vec::new())
}
