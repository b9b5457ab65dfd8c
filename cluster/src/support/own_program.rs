//! This program once more, as a child: `cluster child cluster/ROLE PARENT ARGUMENT...`.
//!
//! The role is in the arguments, since `ps` shows them and a grandchild does not inherit them, as it would a variable.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{self, Command};

/// The running executable. Unlike its path it stays right when the file is replaced or moved.
pub const OWN_PROGRAM: &str = "/proc/self/exe";

/// The name of the chapter, in front of each role.
pub const CHAPTER: &str = "cluster";

/// A command that starts `program`, this chapter's executable or one that passes its arguments to
/// [`roles::run`](crate::support::roles::run), as a child in `role`. The child is killed when the thread that started it
/// ends.
pub fn command(program: &Path, role: &str) -> Command {
    let mut command = Command::new(program);
    command.arg0(CHAPTER).arg("child").arg(format!("{CHAPTER}/{role}")).arg(process::id().to_string());
    command
}
