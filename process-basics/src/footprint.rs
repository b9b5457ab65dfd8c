//! What a process costs in memory, as the kernel counts it.

use std::fs;
use std::io;

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
    let field = |name: &str| {
        let line = rollup.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kib = line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        kib.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("smaps_rollup has no {name}")))
    };
    Ok(Footprint { pss: field("Pss")?, private: field("Private_Clean")? + field("Private_Dirty")? })
}
