//! Who else uses the processors while we measure: what was busy, less what we used ourselves.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use nix::unistd::{Pid, getpgid, getpgrp};
use process_basics::support::proc::cpu_time;

use super::samples::Others;

/// The machine at a moment: take one before a measurement, and ask it for the [`Others`] after.
#[derive(Debug)]
pub struct Snapshot {
    at: Instant,
    /// Seconds for which our processors have been busy since the machine started.
    busy: f64,
    /// Seconds of theirs that went to us and to our children that have ended.
    own: f64,
    /// Other processes, and the processor time that each has used.
    processes: HashMap<i32, Duration>,
}

impl Snapshot {
    /// Looks at `cpus` now. What the kernel does not tell counts as nothing.
    pub fn take(cpus: &[usize]) -> Self {
        Self { at: Instant::now(), busy: busy(cpus).unwrap_or(0.0), own: own(), processes: others() }
    }

    /// What others did on `cpus` since: only children that have been waited for are told from them.
    pub fn others(&self, cpus: &[usize]) -> Others {
        let now = Self::take(cpus);
        let seconds = (now.at - self.at).as_secs_f64();
        let used = (now.busy - self.busy) - (now.own - self.own);
        if used < GRAIN {
            return Others::default();
        }
        let growth = now.processes.into_iter().map(|(pid, time)| {
            let before = self.processes.get(&pid).copied().unwrap_or_default();
            (time.saturating_sub(before).as_secs_f64(), pid)
        });
        let most = growth.max_by(|(one, _), (other, _)| one.total_cmp(other)).filter(|(time, _)| *time > 0.1 * seconds);
        let name = most.and_then(|(_, pid)| fs::read_to_string(format!("/proc/{pid}/comm")).ok());
        Others { cpus: used / seconds, most: name.map(|name| name.trim().to_owned()) }
    }
}

/// Less than this many seconds of others' work cannot be told from the grain of the clocks: `/proc/stat` counts ticks.
const GRAIN: f64 = 0.1;

/// Clock ticks a second in `/proc`: USER_HZ, 100 on x86-64 and ARM (time(7)).
const HERTZ: f64 = 100.0;

/// Seconds for which the processors have not been idle (`/proc/stat`, proc_stat(5)). Time that the host took away
/// (steal) is somebody else's work, too.
fn busy(cpus: &[usize]) -> Option<f64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let mut ticks = 0;
    for line in stat.lines() {
        let mut fields = line.split_whitespace();
        let cpu = fields.next()?.strip_prefix("cpu").and_then(|number| number.parse().ok());
        if cpu.is_some_and(|cpu| cpus.contains(&cpu)) {
            let columns: Vec<u64> = fields.filter_map(|field| field.parse().ok()).collect();
            let [user, nice, system, _idle, _iowait, irq, softirq, steal, ..] = columns[..] else { return None };
            ticks += user + nice + system + irq + softirq + steal;
        }
    }
    Some(ticks as f64 / HERTZ)
}

/// Seconds of processor time of this process and of its children that have ended (getrusage(2)).
fn own() -> f64 {
    let usage = [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN].map(getrusage);
    let micros = usage.into_iter().flatten().map(|used| (used.user_time() + used.system_time()).num_microseconds());
    micros.sum::<i64>() as f64 / 1e6
}

/// Processes outside our process group, with the processor time that they have used.
fn others() -> HashMap<i32, Duration> {
    let own_group = getpgrp();
    let is_other = |pid: &i32| getpgid(Some(Pid::from_raw(*pid))).is_ok_and(|group| group != own_group);
    pids().filter(is_other).filter_map(|pid| Some((pid, cpu_time(pid).ok()?))).collect()
}

/// All processes that `/proc` lists.
pub(super) fn pids() -> impl Iterator<Item = i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};

    use crate::measure::placement::allowed_cpus;

    #[test]
    fn a_busy_stranger_is_seen_and_named() {
        let cpus = allowed_cpus().unwrap();
        let mut stranger = Command::new("sh");
        stranger.args(["-c", "while :; do :; done"]).stdin(Stdio::null()).process_group(0);
        let before = Snapshot::take(&cpus);
        let mut stranger = stranger.spawn().unwrap();
        let start = Instant::now();
        let seen = loop {
            let others = before.others(&cpus);
            if others.cpus > 0.1 && others.most.is_some() || start.elapsed() > Duration::from_secs(20) {
                break others;
            }
            std::thread::yield_now();
        };
        stranger.kill().unwrap();
        stranger.wait().unwrap();
        assert!(seen.cpus > 0.1 && seen.most.is_some(), "{seen:?}");
    }

    #[test]
    fn our_own_work_is_not_anothers() {
        let cpus = allowed_cpus().unwrap();
        let before = Snapshot::take(&cpus);
        let used = own();
        while own() - used < 0.3 {
            std::hint::black_box(0);
        }
        let (all, ours) = (busy(&cpus).unwrap() - before.busy, own() - before.own);
        assert!(all > 0.2, "our processors were busy for {all} s of our {ours} s");
        let seconds = before.at.elapsed().as_secs_f64();
        let others = before.others(&cpus).cpus;
        let tolerance = 0.3 + GRAIN / seconds; // less than that counts as nothing
        let expected = (all - ours).max(0.0) / seconds;
        assert!((others - expected).abs() < tolerance, "{others} of {all} less {ours} in {seconds}");
    }
}
