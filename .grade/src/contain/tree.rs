//! A process with all its descendants: how much it uses, and its end.

use std::fs;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, getpid};

/// What a tree of processes uses.
#[derive(Default)]
pub(crate) struct Usage {
    /// Resident memory in bytes; pages that several processes share are divided among them.
    pub(crate) memory: u64,
    /// Processes and threads.
    pub(crate) tasks: u64,
}

/// All descendants of a process.
pub(crate) fn descendants(pid: Pid) -> Vec<Pid> {
    let mut found = children(pid);
    let mut next = 0;
    while next < found.len() {
        found.extend(children(found[next]));
        next += 1;
    }
    found
}

fn children(pid: Pid) -> Vec<Pid> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    let pids = lists.flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>());
    pids.map(Pid::from_raw).collect()
}

/// What these processes use together. Shared pages are only looked at in detail where the plain sum is over `enough`,
/// since that takes the kernel long.
pub(crate) fn usage(pids: &[Pid], enough: u64) -> Usage {
    let tasks = pids.iter().map(|pid| field(*pid, "status", "Threads:")).sum();
    let resident: u64 = pids.iter().map(|pid| field(*pid, "status", "VmRSS:") * 1024).sum();
    if resident <= enough {
        return Usage { memory: resident, tasks };
    }
    Usage { memory: pids.iter().map(|pid| field(*pid, "smaps_rollup", "Pss:") * 1024).sum(), tasks }
}

fn field(pid: Pid, file: &str, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Kills and reaps the descendants of this process until none is left. Orphans come to it, since it is a subreaper.
pub(crate) fn sweep() {
    loop {
        for pid in descendants(getpid()) {
            let _ = kill(pid, Signal::SIGKILL);
        }
        if waitpid(None, None) == Err(Errno::ECHILD) {
            return;
        }
    }
}
