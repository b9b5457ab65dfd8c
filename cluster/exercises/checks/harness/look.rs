//! What /proc says about a process: how an answer does its work, seen from outside.

use std::fs;
use std::thread;
use std::time::Duration;

use nix::unistd::Pid;

/// The state of a process: 'R' runs, 'S' sleeps, 'Z' is a zombie; nothing where no such process exists.
pub fn state(pid: Pid) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.trim_start().chars().next()
}

/// How often a process has given the CPU away. The number stands still while the process sleeps in one system call; it
/// grows when it polls, and it does not sleep at all when it spins. All threads are counted.
pub fn switches(pid: Pid) -> u64 {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let texts = tasks.filter_map(|task| fs::read_to_string(task.path().join("status")).ok());
    texts.map(|text| field(&text, "voluntary_ctxt_switches") + field(&text, "nonvoluntary_ctxt_switches")).sum()
}

/// The number of a field of /proc/PID/status; 0 where it is not there.
pub fn status(pid: Pid, name: &str) -> u64 {
    field(&fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default(), name)
}

fn field(text: &str, name: &str) -> u64 {
    let values = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    values.filter_map(|value| value.split_whitespace().next()?.parse().ok()).next().unwrap_or(0)
}

/// The children of this process, ended ones (zombies) included.
pub fn children() -> Vec<Pid> {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    lists
        .flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .map(Pid::from_raw)
        .collect()
}

/// How many threads this process has.
pub fn threads() -> usize {
    fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

/// The open descriptors of this process, each with what it refers to (`pipe:[123]`, `/dev/null`).
pub fn descriptors() -> Vec<String> {
    let entries = fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    let targets = entries.filter_map(|entry| fs::read_link(entry.path()).ok());
    let mut list: Vec<String> = targets.map(|target| target.display().to_string()).collect();
    list.retain(|target| !target.ends_with("/fd")); // the one that reads this list
    list.sort();
    list
}

/// Whether the process comes to sleep: within four seconds there are 300 ms in which each of its threads was in *one*
/// system call and never ran. A process that spins or polls never has them; one that blocks has them also on a busy
/// machine.
pub fn sleeps(pid: Pid) -> bool {
    (0..13).any(|_| {
        let before = switches(pid);
        thread::sleep(Duration::from_millis(300));
        let tasks = tasks(pid);
        let asleep = tasks.iter().all(|task| state(*task) == Some('S'));
        !tasks.is_empty() && asleep && switches(pid) == before
    })
}

/// The ids of the threads of a process.
fn tasks(pid: Pid) -> Vec<Pid> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    tasks.filter_map(|task| task.file_name().to_str()?.parse().ok()).map(Pid::from_raw).collect()
}

/// Looks again and again until the condition holds; `false` if it did not within three seconds. A check goes on then, so
/// that a wrong answer shows what is wrong with it instead of hanging.
pub fn wait_until(mut condition: impl FnMut() -> bool) -> bool {
    (0..3000).any(|_| {
        let holds = condition();
        if !holds {
            thread::sleep(Duration::from_millis(1));
        }
        holds
    })
}
