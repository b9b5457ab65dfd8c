//! What a process costs in memory, as the kernel counts it. Kernel stacks are not in it: no file lists them.

use std::fs;
use std::io;

/// KiB of the process `pid`: its proportional set size, in which a page mapped by n processes counts as 1/n, and its
/// page tables (`Pss` of smaps_rollup and `VmPTE` of status, proc(5)).
///
/// # Errors
/// `NotFound` where there is no such process, or a kernel without `smaps_rollup` (before 4.14); `PermissionDenied`
/// for somebody else's process; `InvalidData` when a file is not as documented.
pub(super) fn of(pid: i32) -> io::Result<u64> {
    Ok(field(pid, "smaps_rollup", "Pss:")? + field(pid, "status", "VmPTE:")?)
}

fn field(pid: i32, file: &str, name: &str) -> io::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/{file}"))?;
    let value = text.lines().find_map(|line| line.strip_prefix(name));
    let kib = value.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse().ok());
    kib.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("/proc/{pid}/{file} lists no {name}")))
}
