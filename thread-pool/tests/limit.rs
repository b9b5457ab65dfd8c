//! Threads that the kernel refuses: a real limit, in a process of its own.

mod chapter;

use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process;

use chapter::{Finished, PROGRAM, command, finish};
use nix::sys::resource::{Resource, setrlimit};

/// A user id that nothing else runs under, so that the count of its threads starts with the program's own.
fn unused_user(check: u32) -> u32 {
    20_000 + (2 * process::id() + check) % 40_000
}

/// Runs the lessons as a user with a limit: three threads where we may change the user (the limit does not bind root),
/// else one, which this user has long had.
fn run_with_few_threads(check: u32, lessons: &[&str]) -> (Finished, bool) {
    let root = fs::metadata("/proc/self").unwrap().uid() == 0;
    // By descriptor: the other user may not be allowed to look into the folders above the program.
    let program = File::open(PROGRAM).unwrap();
    let mut command = command(&format!("/proc/self/fd/{}", program.as_raw_fd()));
    command.args(lessons).env_remove("UV_THREADPOOL_SIZE");
    let limit = if root { 3 } else { 1 };
    // SAFETY: between fork and exec the closure makes one system call and allocates nothing.
    unsafe { command.pre_exec(move || Ok(setrlimit(Resource::RLIMIT_NPROC, limit, limit)?)) };
    if root {
        command.uid(unused_user(check));
    }
    (finish(&mut command), root)
}

#[test]
fn a_lesson_that_needs_all_threads_fails_and_names_the_limit() {
    let (run, root) = run_with_few_threads(0, &["lazy"]);
    let message = run.err;
    assert_eq!(run.status.code(), Some(1), "{message}");
    let got = if root { 2 } else { 0 };
    for part in [format!("{got} of 4 threads could be started"), "could not be set up".to_owned()] {
        assert!(message.contains(&part), "'{part}' is missing in: {message}");
    }
}
