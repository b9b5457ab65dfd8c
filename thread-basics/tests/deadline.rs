//! A child that never answers: we stop waiting for it, and it does not stay behind.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::wait::wait;
use thread_basics::support::deadline;
use thread_basics::support::own_program::command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_thread-basics");

#[test]
fn a_child_that_never_answers_is_killed_and_reaped() {
    let mut silent = command(Path::new(PROGRAM), "silent");
    let error = deadline::run(&mut silent, Duration::from_millis(50)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    assert_eq!(wait(), Err(Errno::ECHILD), "a child was left, alive or as a zombie");
}
