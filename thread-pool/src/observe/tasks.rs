//! The threads of this process, as the kernel lists them: each is a task with its own id (proc(5)).

use std::collections::BTreeSet;
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

/// The kernel's ids of all threads of this process.
///
/// A listing can miss a thread while another ends (it goes by position), so it is read again until it is complete.
///
/// # Errors
/// Those of [`thread_count`] and of reading `/proc/self/task`.
pub fn thread_ids() -> io::Result<BTreeSet<i32>> {
    loop {
        let before = thread_count()?;
        let mut ids = BTreeSet::new();
        for entry in fs::read_dir("/proc/self/task")? {
            ids.extend(entry?.file_name().to_str().and_then(|name| name.parse::<i32>().ok()));
        }
        if ids.len() == before && before == thread_count()? {
            return Ok(ids);
        }
    }
}

/// The name of a thread of this process, as `ps -L -o comm` shows it: its first 15 bytes.
///
/// # Errors
/// `NotFound` when there is no such thread.
pub fn name(id: i32) -> io::Result<String> {
    Ok(fs::read_to_string(format!("/proc/self/task/{id}/comm"))?.trim_end().to_owned())
}

/// Waits until none of these threads is left, at most `patience`; whether that came true.
///
/// A thread that was joined has returned, but the kernel takes a moment more to strike it from its list.
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
