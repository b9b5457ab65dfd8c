//! What a process costs in memory and in processor time, as the kernel counts it.

use std::fs;
use std::io;

/// KiB of a process: its proportional set size (a page mapped by n processes counts as 1/n in each), and its page
/// tables. Kernel stacks are not counted.
///
/// # Errors
/// Where there is no such process, or a kernel without `smaps_rollup`.
pub fn memory(pid: i32) -> io::Result<f64> {
    Ok((kib(&format!("/proc/{pid}/smaps_rollup"), "Pss")? + kib(&format!("/proc/{pid}/status"), "VmPTE")?) as f64)
}

/// A figure in KiB that a file in /proc has under that name.
fn kib(file: &str, name: &str) -> io::Result<usize> {
    let text = fs::read_to_string(file)?;
    let figure = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')?.split_whitespace().next());
    figure.and_then(|kib| kib.parse().ok()).ok_or_else(|| io::Error::other(format!("{file} has no {name}")))
}
