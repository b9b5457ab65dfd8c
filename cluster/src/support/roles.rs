//! This program once more, in the role of a child: `cluster child cluster/ROLE PARENT ARGUMENT...`.
//!
//! The role is in the arguments, since `ps` shows them and a grandchild does not inherit them, as it would a variable.

use std::ffi::{CString, OsString};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::{self, Command, ExitCode};

use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::unistd::getppid;

use crate::primary::serve;
use crate::settings::Settings;
use crate::{queued, worker};

/// The running executable. Unlike its path it stays right when the file is replaced or moved.
pub const OWN_PROGRAM: &str = "/proc/self/exe";

const CHAPTER: &str = "cluster";

/// A command that starts `program`, this chapter's executable or one that passes its arguments to [`run`], as a child
/// in `role`. The child is killed when the thread that started it ends.
pub fn command(program: &Path, role: &str) -> Command {
    use std::os::unix::process::CommandExt;

    let mut command = Command::new(program);
    command.arg0(CHAPTER).arg("child").arg(format!("{CHAPTER}/{role}")).arg(process::id().to_string());
    command
}

/// Plays the role that the arguments ask for; `None` when they are not for a child of this chapter.
pub fn run(args: &[OsString]) -> Option<ExitCode> {
    let args: Vec<&str> = args.iter().map(|arg| arg.to_str()).collect::<Option<_>>()?;
    let ["child", role, parent, args @ ..] = args.as_slice() else { return None };
    let role = role.strip_prefix(CHAPTER)?.strip_prefix('/')?;
    if let Ok(name) = CString::new(role) {
        let _ = prctl::set_name(&name); // what `ps -o comm` shows, instead of `exe`: only a label
    }
    let played = die_with(parent).and_then(|()| match (role, args) {
        ("queued", []) => queued::child(),
        ("worker", [program, options @ ..]) => worker::run(&settings(program, options)?),
        ("primary", [program, options @ ..]) => serve(&settings(program, options)?, &mut io::stdout(), &mut io::sink()),
        ("serve", [program, options @ ..]) => serve(&settings(program, options)?, &mut io::stdout(), &mut io::stderr()),
        _ => Err(io::Error::new(ErrorKind::InvalidInput, "no child of this chapter has this role, or these arguments")),
    });
    Some(match played {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{role}: {error}");
            ExitCode::from(if error.kind() == ErrorKind::InvalidInput { 2 } else { 1 })
        }
    })
}

/// Asks the kernel to kill this process when its parent ends (`PR_SET_PDEATHSIG`, prctl(2)). The parent may have
/// ended before the question was put: then it ends here.
fn die_with(parent: &str) -> io::Result<()> {
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    match parent.parse() == Ok(getppid().as_raw()) {
        true => Ok(()),
        false => Err(io::Error::other("its parent has ended")),
    }
}

fn settings(program: &str, options: &[&str]) -> io::Result<Settings> {
    Settings::parse(Path::new(program), options).map_err(io::Error::other)
}
