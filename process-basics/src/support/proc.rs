//! What the kernel says about a process in `/proc` (proc(5)).

use std::fs;
use std::io;
use std::time::Duration;

/// The fields of `/proc/PID/stat`, from the third on: state, parent, …
fn stat(pid: i32) -> io::Result<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest); // a name may hold anything, parentheses, too
    Ok(after_name.split_whitespace().map(str::to_owned).collect())
}

/// The state of a process, a letter: `R` runs, `S` sleeps, `Z` is a zombie. `None`: there is no such process.
pub fn state(pid: i32) -> Option<String> {
    stat(pid).ok()?.into_iter().next()
}

/// The parent of a process.
///
/// # Errors
/// `NotFound` where there is no such process.
pub fn parent_of(pid: i32) -> io::Result<i32> {
    stat(pid)?.get(1).and_then(|field| field.parse().ok()).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Processor time of a process so far, in the kernel's steps of 10 ms.
///
/// # Errors
/// `NotFound` where there is no such process.
pub fn cpu_time(pid: i32) -> io::Result<Duration> {
    let user_and_system = stat(pid)?.into_iter().skip(11).take(2);
    let ticks: u64 = user_and_system.filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(10 * ticks))
}
