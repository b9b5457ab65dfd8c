//! Where the two ends of an experiment run. Left to the scheduler, the same round trip is bimodal.

use std::fs;
use std::io;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// The processors of the two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// Both on one.
    SameCpu,
    /// Each on its own.
    TwoCpus,
}

/// The processors that this process may use, in ascending order (sched_getaffinity(2)); no more of them than a limit on
/// its time allows to be used at once.
///
/// # Errors
/// Those of the system call.
pub fn allowed_cpus() -> io::Result<Vec<usize>> {
    let set = sched_getaffinity(Pid::from_raw(0))?;
    let cpus = (0..CpuSet::count()).filter(|&cpu| set.is_set(cpu).unwrap_or(false));
    Ok(cpus.take(quota().unwrap_or(usize::MAX)).collect())
}

/// How many processors' time a container may use, at least 1; `None` without a limit (`cpu.max`, cgroups(7)).
fn quota() -> Option<usize> {
    let limit = fs::read_to_string("/sys/fs/cgroup/cpu.max").ok()?;
    let (quota, period) = limit.trim().split_once(' ')?;
    let (quota, period) = (quota.parse::<usize>().ok()?, period.parse::<usize>().ok()?);
    Some((quota / period.max(1)).max(1))
}

/// Keeps the thread `tid` (0: the caller) on one processor. Threads and processes that it starts stay there, too.
///
/// # Errors
/// `ESRCH` when there is no such thread, `EINVAL` when the processor may not be used.
pub fn pin(tid: i32, cpu: usize) -> io::Result<()> {
    keep(tid, &[cpu])
}

/// Keeps the thread `tid` (0: the caller) on these processors, and what it starts from now on.
///
/// # Errors
/// Those of [`pin`].
pub fn keep(tid: i32, cpus: &[usize]) -> io::Result<()> {
    let mut set = CpuSet::new();
    cpus.iter().try_for_each(|cpu| set.set(*cpu))?;
    Ok(sched_setaffinity(Pid::from_raw(tid), &set)?)
}
