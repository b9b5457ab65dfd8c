//! What the figures depend on, read from the kernel.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use process_basics::spawn::End;
use process_basics::support::guard::Guard;

use crate::child;
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

/// What `node --version` prints; `None` where there is no Node.js, or none that tells within a few seconds.
fn node_version() -> Option<String> {
    const PATIENCE: Duration = Duration::from_secs(5);
    let mut command = child::node(Path::new(child::OWN_PROGRAM), &["--version"]);
    let node = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut node = Guard::from(node.ok()?);
    let end = node.wait_at_most(PATIENCE).ok()??;
    let version = io::read_to_string(node.stdout.take()?).ok()?.trim().to_owned();
    (end == End::Exited(0) && version.starts_with('v')).then_some(version)
}
