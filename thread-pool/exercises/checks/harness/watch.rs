//! Whether this process sleeps, seen by a child of it.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::thread;
use std::time::Duration;

use nix::unistd::{Pid, getpid};

use super::process::fork;
use super::{Failure, look, setup};

/// A child process that looks at the threads of this one.
pub struct Watcher {
    start: PipeWriter,
    result: PipeReader,
}

impl Watcher {
    /// Forks the child, so call it first: while this process has a single thread.
    pub fn fork() -> Result<Self, Failure> {
        Self::holding(())
    }

    /// Forks a child that looks from now on. Then it drops `hold`: what the answer waits for.
    pub fn started(hold: impl Sized) -> Result<Self, Failure> {
        let mut watcher = Self::holding(hold)?;
        watcher.start();
        Ok(watcher)
    }

    fn holding(hold: impl Sized) -> Result<Self, Failure> {
        let (mut started, start) = setup(io::pipe())?;
        let (result, mut report) = setup(io::pipe())?;
        let parent = getpid();
        fork(move || {
            started.read_exact(&mut [0]).expect("the parent says when to start");
            let asleep = look::sleeps(parent);
            report.write_all(&[u8::from(asleep)]).expect("the parent reads the result");
            drop(hold);
            0
        })?;
        Ok(Self { start, result })
    }

    fn start(&mut self) {
        self.start.write_all(&[0]).expect("the child waits for the start");
    }

    /// Blocks until every thread of this process, this one included, has slept for 300 ms in one system call. `false` if
    /// that did not happen within four seconds: a thread polls or spins.
    pub fn all_asleep(mut self) -> bool {
        self.start();
        self.result()
    }

    /// The result of a child that was started before.
    pub fn result(mut self) -> bool {
        let mut asleep = [0];
        self.result.read_exact(&mut asleep).expect("the child reports");
        asleep == [1]
    }
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
