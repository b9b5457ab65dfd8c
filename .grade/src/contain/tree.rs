//! A process with all its descendants: how much it uses, and its end.

use std::fs;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, getpid};

/// All descendants of a process. Where it is a subreaper, orphans among them count.
pub(crate) fn descendants(pid: Pid) -> Vec<Pid> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists: String = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok()).collect();
    let mut found = Vec::new();
    for child in lists.split_whitespace().filter_map(|child| child.parse().ok()).map(Pid::from_raw) {
        found.push(child);
        found.extend(descendants(child));
    }
    found
}

/// How many processes and threads these are.
pub(crate) fn tasks(pids: &[Pid]) -> u64 {
    sum(pids, "status", "Threads:")
}

/// Whether these processes together have more resident memory than `limit`, in bytes. Pages that several share are
/// divided among them, but only where the plain sum is over the limit, since that takes the kernel long.
pub(crate) fn takes_more_than(limit: u64, pids: &[Pid]) -> bool {
    sum(pids, "status", "VmRSS:") * 1024 > limit && sum(pids, "smaps_rollup", "Pss:") * 1024 > limit
}

/// The sum of a field of /proc/PID/FILE.
fn sum(pids: &[Pid], file: &str, name: &str) -> u64 {
    let field = |pid| {
        let text = fs::read_to_string(format!("/proc/{pid}/{file}")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    pids.iter().filter_map(field).sum()
}

/// Kills and reaps the descendants of this process until none is left.
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
