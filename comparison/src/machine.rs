//! What the figures depend on, read from the kernel.

use std::fs;
use std::io;
use std::process::{Command, Stdio};

use crate::placement::allowed_cpus;
use crate::report::Machine;

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

/// What `node --version` prints; `None` where there is no Node.js, or none that starts.
fn node_version() -> Option<String> {
    let mut node = Command::new("node");
    let output = node.arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && version.starts_with('v')).then_some(version)
}
