//! Threads that the kernel refuses: a real limit, in its own process.

mod chapter;

use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use chapter::{Finished, PROGRAM, command, finish};
use nix::sys::resource::{Resource, setrlimit};

/// A user id that nothing else runs under, so that the count of its threads starts with the program's own.
fn unused_user() -> u32 {
    static USED: AtomicU32 = AtomicU32::new(0);
    20_000 + (16 * process::id() + USED.fetch_add(1, SeqCst)) % 40_000
}

/// Runs the lessons as another user, who may have `limit` threads (the limit does not bind root).
fn run_as_user_with_threads(limit: u32, lessons: &[&str]) -> Finished {
    // By descriptor: the other user may not be allowed to look into the folders above the program.
    let program = File::open(PROGRAM).unwrap();
    let mut command = command(&format!("/proc/self/fd/{}", program.as_raw_fd()));
    command.args(lessons).env_remove("UV_THREADPOOL_SIZE").uid(unused_user());
    let limit = limit.into();
    // SAFETY: between fork and exec the closure makes one system call and allocates nothing.
    unsafe { command.pre_exec(move || Ok(setrlimit(Resource::RLIMIT_NPROC, limit, limit)?)) };
    finish(&mut command)
}

/// Only root may change the user; another user has long had some threads, so no count is known beforehand.
fn is_root() -> bool {
    let root = fs::metadata("/proc/self").unwrap().uid() == 0;
    if !root {
        eprintln!("skipped: only root can start the program as a user without other threads");
    }
    root
}

#[test]
fn a_lesson_that_cannot_have_its_threads_names_the_limit() {
    if is_root() {
        for limit in 2..=4 {
            let refused = run_as_user_with_threads(limit, &["lazy"]);
            assert_eq!(refused.status.code(), Some(1), "{}", refused.err);
            let got = limit - 1; // the main thread counts as well
            for part in [&*format!("{got} of 4 threads could be started"), "could not be set up", "ulimit -u"] {
                assert!(refused.err.contains(part), "'{part}' is missing in: {}", refused.err);
            }
        }
    }
}

#[test]
fn all_other_lessons_are_shown_and_none_hangs() {
    if is_root() {
        for (limit, failed) in [(3, 5), (5, 2), (6, 0)] {
            let run = run_as_user_with_threads(16, &[]);
            assert_eq!(run.status.code(), Some(0), "{limit} {}", run.err);
            let run = run_as_user_with_threads(limit, &[]);
            assert_eq!(run.err.lines().count(), failed, "{}", run.err);
            assert!(run.err.lines().all(|line| line.contains("could not be set up")), "{}", run.err);
            assert!(run.out.contains("\n    callback of B"), "a pool of one thread works: {}", run.out);
        }
    }
}
