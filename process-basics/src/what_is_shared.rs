//! What a child changes, and whether its parent notices. The twin of this file asks the same of a thread.

use std::array;
use std::env;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::Ordering::SeqCst;

use anyhow::ensure;
use nix::libc;
use nix::sys::signal::{SigHandler, Signal, signal};

use crate::fork::fork;
use crate::mapping::Mapping;
use crate::spawn::End;

/// Six things that a process has, and what a child makes of each.
pub const CHANGES: [(&str, &str); 6] = [
    ("working directory", "/proc"),
    ("umask", "0070"),
    ("environment", "set"),
    ("signal handlers", "caught"),
    ("address space", "1"),
    ("offset of an open file", "100"),
];

const VARIABLE: &str = "WHAT_IS_SHARED";

struct State {
    file: File,
    memory: Mapping,
}

impl State {
    /// The present value of each, as the kernel or the process itself tells it.
    fn look(&self) -> io::Result<[String; 6]> {
        let status = fs::read_to_string("/proc/self/status")?;
        let line = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(":\t"));
            line.unwrap_or("unknown").to_owned()
        };
        let caught = u64::from_str_radix(&line("SigCgt"), 16).unwrap_or(0) >> (Signal::SIGUSR1 as u32 - 1) & 1;
        Ok([
            env::current_dir()?.display().to_string(),
            line("Umask"),
            env::var(VARIABLE).unwrap_or_else(|_| "unset".to_owned()),
            if caught == 1 { "caught" } else { "default" }.to_owned(),
            self.memory.page(0).load(SeqCst).to_string(),
            (&self.file).stream_position()?.to_string(),
        ])
    }

    /// Makes the changes, and looks whether they were made.
    fn change(&self) -> io::Result<()> {
        extern "C" fn caught(_: libc::c_int) {}
        let before = self.look()?;
        env::set_current_dir("/proc")?;
        // SAFETY: umask takes any number and cannot fail. This one is nobody's default.
        unsafe { libc::umask(0o70) };
        // SAFETY: this is a forked child, which has one thread.
        unsafe { env::set_var(VARIABLE, "set") };
        // SAFETY: the handler does nothing, so it may run at any moment.
        unsafe { signal(Signal::SIGUSR1, SigHandler::Handler(caught)) }?;
        self.memory.page(0).store(1, SeqCst);
        (&self.file).seek(SeekFrom::Start(100))?;
        let made = self.look()?;
        if made != CHANGES.map(|(_, made)| made) || before.iter().zip(&made).any(|(before, made)| before == made) {
            return Err(io::Error::other(format!("the child made {made:?} of {before:?}")));
        }
        Ok(())
    }

    /// Which of the changes were made to what we have.
    fn noticed(&self) -> io::Result<[bool; 6]> {
        let now = self.look()?;
        Ok(array::from_fn(|thing| now[thing] == CHANGES[thing].1))
    }
}

/// Forks a child that makes all [`CHANGES`]; which of them its parent notices.
///
/// # Errors
/// Those of [`fork`] and of reading `/proc`; `Other` when the child could not make its changes.
pub fn after_fork() -> io::Result<[bool; 6]> {
    let state = State { file: File::open("/proc/self/exe")?, memory: Mapping::private(1)? };
    match fork(|| state.change().map_or(1, |()| 0))?.wait()? {
        End::Exited(0) => state.noticed(),
        end => Err(io::Error::other(format!("the child that changes everything {end}"))),
    }
}

/// Shows the six.
pub fn show(out: &mut dyn Write, _program: &Path) -> anyhow::Result<()> {
    writeln!(out, "  the child changes its      to        does the parent notice?")?;
    for ((what, made), noticed) in CHANGES.into_iter().zip(after_fork()?) {
        writeln!(out, "  {what:<26} {made:<9} {}", if noticed { "yes" } else { "no" })?;
        ensure!(noticed == (what == "offset of an open file"), "{what}: noticed by the parent: {noticed}");
    }
    writeln!(out, "  All of it was copied. A descriptor's copy still leads to")?;
    writeln!(out, "  the same open file, and the offset belongs to that.")?;
    Ok(())
}
