//! What the figures depend on, read from the kernel.

use std::fs;
use std::io::{self, Seek};
use std::process::Stdio;
use std::time::Duration;

use process_basics::spawn::End;
use process_basics::support::guard::Guard;
use serde::{Deserialize, Serialize};

use super::own_program::{self, NODE, OWN_PROGRAM};
use super::placement::allowed_cpus;

/// What a figure depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Processors that this process may use.
    pub cpus: usize,
    /// The kernel's release.
    pub kernel: String,
    /// Transparent huge pages: `always`, `madvise` or `never`; `unknown` where the kernel does not say.
    pub thp: String,
    /// The frequency governor of the first CPU; `unknown` where the kernel does not say.
    pub governor: String,
    /// The version of the Node.js that was used; `None` without.
    pub node: Option<String>,
}

/// Looks at this machine; at its Node.js only if `with_node`.
///
/// # Errors
/// When the kernel does not tell its release or our CPUs.
pub fn look(with_node: bool) -> io::Result<Machine> {
    Ok(Machine {
        cpus: allowed_cpus()?.len(),
        kernel: fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned(),
        thp: chosen("/sys/kernel/mm/transparent_hugepage/enabled"),
        governor: chosen("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        node: if with_node { node_version() } else { None },
    })
}

/// The content of a setting; of a list, the entry in brackets.
fn chosen(path: &str) -> String {
    let Ok(text) = fs::read_to_string(path) else { return "unknown".to_owned() };
    let bracketed = text.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(chosen, _)| chosen);
    bracketed.unwrap_or(text.trim()).to_owned()
}

/// What `node --version` prints; `None` where there is no Node.js, or none that answers within a few seconds. It writes
/// to a file: a child that it leaves behind could hold a pipe open.
fn node_version() -> Option<String> {
    let mut answer = tempfile::tempfile().ok()?;
    let mut node = own_program::command(OWN_PROGRAM, NODE);
    node.arg("--version").stdin(Stdio::null()).stdout(answer.try_clone().ok()?).stderr(Stdio::null());
    let mut node = Guard::start(&mut node).ok()?;
    let end = node.wait_at_most(Duration::from_secs(5)).ok()??;
    answer.rewind().ok()?;
    let version = io::read_to_string(answer).ok()?.trim().to_owned();
    let plain = version.starts_with('v') && version.len() < 40 && version.chars().all(|c| c.is_ascii_graphic());
    (end == End::Exited(0) && plain).then_some(version)
}
