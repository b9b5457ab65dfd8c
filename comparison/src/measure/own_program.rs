//! This program again, as a child: one process of an experiment.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{self, Command};

/// The running executable. Unlike its path it stays right when the file is replaced or moved.
pub const OWN_PROGRAM: &str = "/proc/self/exe";

/// The role of a process that takes samples.
pub const EXPERIMENT: &str = "comparison/experiment";

/// The role of a process that becomes Node.js.
pub const NODE: &str = "comparison/node";

/// This program in a role: `child ROLE PARENT ARGUMENT…`.
pub fn command(program: impl Into<PathBuf>, role: &str) -> Command {
    let mut command = Command::new(program.into());
    command.arg0("comparison").args(["child", role, &process::id().to_string()]);
    command
}
