//! This program again, as a child process: a process that a lesson may lose.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{self, Command};

use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::unistd::getppid;

/// The running executable. Unlike its path it stays right when the file is replaced or moved.
pub const OWN_PROGRAM: &str = "/proc/self/exe";

pub(super) const CHAPTER: &str = "thread-basics";

/// A command that starts `program` as a child in `role`: `PROGRAM child thread-basics/ROLE PARENT`. `program` is this
/// chapter's executable, or one that passes its arguments to [`super::roles::run`]. The kernel kills the child when the
/// thread that started it ends.
pub fn command(program: &Path, role: &str) -> Command {
    let mut command = Command::new(program);
    command.arg0(CHAPTER).arg("child").arg(format!("{CHAPTER}/{role}")).arg(process::id().to_string());
    command.env_remove("RUST_BACKTRACE"); // a panic ends sooner without
    command
}

/// Asks the kernel to kill this process when its parent ends (prctl(2)). Whether that is still possible: the parent may
/// have ended before.
pub(super) fn end_with(parent: &str) -> bool {
    prctl::set_pdeathsig(Signal::SIGKILL).is_ok() && getppid().to_string() == parent
}
