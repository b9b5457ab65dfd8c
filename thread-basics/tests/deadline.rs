//! A child that never answers: we stop waiting for it, and it does not stay behind.

use std::io::ErrorKind;
use std::process::Command;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::wait::wait;
use thread_basics::support::deadline;

#[test]
fn a_child_that_never_answers_is_killed_and_reaped() {
    let mut silent = Command::new("tail");
    silent.args(["-f", "/dev/null"]); // runs until it is killed
    let error = deadline::run(&mut silent, Duration::from_millis(50)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    assert_eq!(wait(), Err(Errno::ECHILD), "a child was left, alive or as a zombie");
}
