//! What the kernel knows about a thread or a process: whether it sleeps, and how much CPU time it has used (proc(5)).

use std::fs;
use std::io;
use std::time::Duration;

/// A thread or a process, as `/proc/…/stat` describes it at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Task {
    /// It sleeps until something happens (state `S`); a task that runs, or waits for a CPU, does not.
    pub sleeps: bool,
    /// The CPU time it has used so far, in the kernel's steps of 10 ms.
    pub cpu: Duration,
}

/// Looks at `/proc/{path}/stat`: `self/task/TID` is a thread of ours, `PID` a process.
///
/// # Errors
/// Those of reading the file: `NotFound` when there is no such task; `InvalidData` when it has another form.
pub fn look(path: &str) -> io::Result<Task> {
    let stat = fs::read_to_string(format!("/proc/{path}/stat"))?;
    parse(&stat).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("/proc/{path}/stat is '{stat}'")))
}

/// The state is the first field after the name in parentheses; user and system time are the 12th and 13th.
fn parse(stat: &str) -> Option<Task> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    let user: u64 = fields.get(11)?.parse().ok()?;
    let system: u64 = fields.get(12)?.parse().ok()?;
    Some(Task { sleeps: fields[0] == "S", cpu: Duration::from_millis(10 * (user + system)) })
}
