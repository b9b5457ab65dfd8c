//! Whether threads sleep: what `harness::look::sleeps` says about a process with a single thread, for one with several.

use std::fs;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::thread;
use std::time::Duration;

use nix::unistd::{Pid, getpid};

use crate::harness::process::fork;
use crate::harness::{Failure, look, setup};

/// A child process that looks at the threads of this one.
pub struct Watcher {
    start: PipeWriter,
    result: PipeReader,
}

impl Watcher {
    /// Forks the child, so call it first: while this process has a single thread.
    pub fn fork() -> Result<Self, Failure> {
        let (mut started, start) = setup(io::pipe())?;
        let (result, mut report) = setup(io::pipe())?;
        let parent = getpid();
        fork(move || {
            started.read_exact(&mut [0]).expect("the parent says when to start");
            let asleep = all_threads_sleep(parent);
            report.write_all(&[u8::from(asleep)]).expect("the parent reads the result");
            0
        })?;
        Ok(Self { start, result })
    }

    /// Blocks until every thread of this process, this one included, has slept for 300 ms in one system call. `false` if
    /// that did not happen within four seconds: a thread polls or spins.
    pub fn all_asleep(mut self) -> bool {
        let mut asleep = [0];
        self.start.write_all(&[0]).expect("the child waits for the start");
        self.result.read_exact(&mut asleep).expect("the child reports");
        asleep == [1]
    }
}

/// Threads that poll give the CPU away again and again. A thread that spins may keep it, but then it is not asleep.
fn all_threads_sleep(pid: Pid) -> bool {
    (0..13).any(|_| {
        let before = look::switches(pid);
        thread::sleep(Duration::from_millis(300));
        let same = look::switches(pid) == before;
        same && thread_ids(pid).into_iter().all(|thread| look::state(thread) == Some('S'))
    })
}

fn thread_ids(pid: Pid) -> Vec<Pid> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    tasks.filter_map(|task| task.file_name().to_str()?.parse().ok()).map(Pid::from_raw).collect()
}

/// Waits until a thread of this process (its id is that of `gettid`) is found asleep 20 times in a row, at most a second. A
/// right answer passes whether it came to that or not: this only brings about the order in which a wrong one fails.
pub fn falls_asleep(tid: Pid) -> bool {
    let mut in_a_row = 0;
    (0..1000).any(|_| {
        in_a_row = if look::state(tid) == Some('S') { in_a_row + 1 } else { 0 };
        thread::sleep(Duration::from_millis(1));
        in_a_row == 20
    })
}
