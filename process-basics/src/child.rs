//! This program once more, in the role of a child: `process-basics child process-basics/ROLE PARENT ARGUMENT...`.
//!
//! The role is in the arguments, since `ps` shows them and a grandchild does not inherit them, as it would a variable.

use std::ffi::{CString, OsString};
use std::ops::{Deref, DerefMut};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{self, Child, Command, ExitCode};

use ipc_channel::ipc::IpcSharedMemory;
use nix::sys::prctl;
use nix::unistd::Pid;

use crate::fork::die_with;
use crate::{bulk, crash, echo, message, orphan, shared};

/// The running executable. Unlike its path it stays right when the file is replaced or moved.
pub const OWN_PROGRAM: &str = "/proc/self/exe";

const CHAPTER: &str = "process-basics";

/// A command that starts `program`, this chapter's executable or one that passes its arguments to [`run`], as a child
/// in `role`. The child is killed when the thread that started it ends.
pub fn command(program: &Path, role: &str) -> Command {
    let mut command = Command::new(program);
    command.arg0(CHAPTER).arg("child").arg(format!("{CHAPTER}/{role}")).arg(process::id().to_string());
    command
}

/// A child that is killed and reaped when this is dropped, unless it was waited for before.
#[derive(Debug)]
pub struct Guard(Child);

impl From<Child> for Guard {
    fn from(child: Child) -> Self {
        Self(child)
    }
}

impl Deref for Guard {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Guard {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.kill(); // does nothing to one that was waited for
        let _ = self.0.wait();
    }
}

/// Plays the role that the arguments ask for; `None` when they are not for a child of this chapter.
pub fn run(args: &[OsString]) -> Option<ExitCode> {
    let args: Vec<&str> = args.iter().map(|arg| arg.to_str()).collect::<Option<_>>()?;
    let (role, parent, args) = match args.as_slice() {
        ["child", role, parent, args @ ..] => (role.strip_prefix(CHAPTER)?.strip_prefix('/')?, parent, args),
        _ => return None,
    };
    let parent = Pid::from_raw(parent.parse().unwrap_or(0)); // nobody's parent is process 0
    if let Ok(name) = CString::new(role) {
        let _ = prctl::set_name(&name); // what `ps -o comm` shows, else `exe`; only a label
    }
    Some(match (role, args) {
        (message::GREETER, []) => message::serve(parent, message::greet),
        ("summer", []) => message::serve(parent, |memory: IpcSharedMemory| shared::sum(&memory)),
        ("bulk-echo", []) => bulk::serve(parent, |bytes| bytes),
        ("bulk-sum", []) => bulk::serve(parent, |bytes| shared::sum(&bytes).to_ne_bytes().to_vec()),
        ("echo", [size]) => with(parent, || echo::echo(size)),
        ("fault", [fault]) => with(parent, || crash::victim(fault)),
        ("parent", []) => with(parent, orphan::parent),
        ("bound", []) => with(parent, || orphan::child(role)),
        // These two may outlive their parent: they end with the pipe that is their standard input.
        ("idle" | "reader", []) => orphan::child(role),
        _ => {
            eprintln!("{CHAPTER}: no child of this chapter has the role '{role}' with these arguments");
            ExitCode::from(2)
        }
    })
}

/// Plays a role that does not outlive the parent.
fn with(parent: Pid, role: impl FnOnce() -> ExitCode) -> ExitCode {
    die_with(parent);
    role()
}
