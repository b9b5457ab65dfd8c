//! The threads of this process, as the kernel lists them: each is a task with an id (proc(5)).

use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::unistd::gettid;

/// The kernel's id of the calling thread (gettid(2)). The main thread's is the process id.
pub fn thread_id() -> i32 {
    gettid().as_raw()
}

/// How many threads this process has, by `/proc/self/status`.
///
/// # Errors
/// `NotFound` where `/proc` is not mounted; `InvalidData` when the file is not as documented.
pub fn thread_count() -> io::Result<usize> {
    let status = fs::read_to_string("/proc/self/status")?;
    let count = status.lines().find_map(|line| line.strip_prefix("Threads:")?.trim().parse().ok());
    count.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "/proc/self/status has no 'Threads'"))
}

/// Waits until none of these threads is left, at most `patience`; returns whether none is.
///
/// A thread that was joined has ended, but the kernel removes it from its list a moment later.
pub fn wait_until_gone(ids: &[i32], patience: Duration) -> bool {
    let deadline = Instant::now() + patience;
    while ids.iter().any(|id| Path::new(&format!("/proc/self/task/{id}")).exists()) {
        if Instant::now() > deadline {
            return false;
        }
        thread::yield_now();
    }
    true
}
