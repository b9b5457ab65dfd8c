//! What a process costs in memory and in processor time, as the kernel counts it.

use std::fs;
use std::io;
use std::time::Duration;

/// Memory of a process, in KiB, from `/proc/PID/smaps_rollup` (proc(5)).
///
/// Not RSS: summed over forked children, RSS counts every shared page once for each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Footprint {
    /// Proportional set size: a page mapped by n processes counts as 1/n in each.
    pub pss: u64,
    /// Pages that this process alone has.
    pub private: u64,
}

/// The footprint of the process `pid`.
///
/// # Errors
/// `NotFound` where there is no such process, or a kernel without `smaps_rollup` (before 4.14); `PermissionDenied`
/// for somebody else's process; `InvalidData` when the file is not as documented.
pub fn of(pid: i32) -> io::Result<Footprint> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let kib = |name| field(rollup.lines(), name);
    Ok(Footprint { pss: kib("Pss")?, private: kib("Private_Clean")? + kib("Private_Dirty")? })
}

/// KiB that this process alone has, and has written, of its mapping that begins at `address` (`/proc/self/smaps`).
///
/// # Errors
/// Those of reading the file; `InvalidData` when it lists no such mapping.
pub fn private_dirty(address: usize) -> io::Result<u64> {
    let smaps = fs::read_to_string("/proc/self/smaps")?;
    let heading = format!("{address:x}-");
    field(smaps.lines().skip_while(|line| !line.starts_with(&heading)), "Private_Dirty")
}

/// Processor time of a process so far, in the kernel's steps of 10 ms.
///
/// # Errors
/// `NotFound` where there is no such process.
pub fn cpu_time(pid: i32) -> io::Result<Duration> {
    let ticks = stat(pid)?.iter().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>();
    Ok(Duration::from_millis(10 * ticks))
}

/// The fields of `/proc/PID/stat` (proc(5)), from the third on: state, parent, …
pub(crate) fn stat(pid: i32) -> io::Result<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest); // a name may hold anything, parentheses, too
    Ok(after_name.split_whitespace().map(str::to_owned).collect())
}

fn field<'a>(mut lines: impl Iterator<Item = &'a str>, name: &str) -> io::Result<u64> {
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kib = value.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse().ok());
    kib.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("/proc lists no {name} for this memory")))
}
