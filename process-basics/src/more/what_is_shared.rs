//! What a child changes, and whether its parent notices. The thread chapter asks the same of a thread.

use std::array;
use std::env;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::sync::atomic::Ordering::SeqCst;

use nix::libc;
use nix::sys::signal::{SigHandler, Signal, signal};

use crate::cli::claim;
use crate::fork::fork;
use crate::mapping::Mapping;
use crate::spawn::End;

/// Six things that a process has, and that a child changes.
pub const CHANGES: [&str; 6] =
    ["working directory", "umask", "environment", "signal handlers", "address space", "offset of an open file"];

const VARIABLE: &str = "WHAT_IS_SHARED";

/// A change that a child made to one of [`CHANGES`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it was before, in both processes.
    pub before: String,
    /// What the child made of it.
    pub in_child: String,
    /// What it was in the parent after that.
    pub in_parent: String,
}

impl Change {
    /// Whether the change was made to the parent's, too.
    pub fn noticed(&self) -> bool {
        self.in_parent == self.in_child
    }
}

struct State {
    file: File,
    memory: Mapping,
}

impl State {
    /// The present value of each, according to the kernel or the process itself.
    fn values(&self) -> io::Result<[String; 6]> {
        let status = fs::read_to_string("/proc/self/status")?;
        let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(":\t"));
        let caught_signals = u64::from_str_radix(field("SigCgt").unwrap_or("0"), 16).unwrap_or(0);
        let is_caught = caught_signals & (1 << (Signal::SIGUSR1 as u32 - 1)) != 0;
        Ok([
            fs::read_link("/proc/self/cwd")?.display().to_string(),
            field("Umask").unwrap_or("unknown").to_owned(),
            env::var(VARIABLE).unwrap_or_else(|_| "unset".to_owned()),
            if is_caught { "caught" } else { "default" }.to_owned(),
            self.memory.page(0).load(SeqCst).to_string(),
            (&self.file).stream_position()?.to_string(),
        ])
    }

    /// Makes the changes; whether all were made.
    fn change(&self, wanted: &[String; 6]) -> io::Result<bool> {
        extern "C" fn caught(_: libc::c_int) {}
        env::set_current_dir(&wanted[0])?;
        let umask = u32::from_str_radix(&wanted[1], 8).map_err(io::Error::other)?;
        // SAFETY: umask takes any number and cannot fail.
        unsafe { libc::umask(umask) };
        // SAFETY: this is a forked child, which has one thread.
        unsafe { env::set_var(VARIABLE, &wanted[2]) };
        // SAFETY: the handler does nothing, so it may run at any moment.
        unsafe { signal(Signal::SIGUSR1, SigHandler::Handler(caught)) }?;
        self.memory.page(0).store(1, SeqCst);
        (&self.file).seek(SeekFrom::Start(100))?;
        Ok(self.values()? == *wanted)
    }
}

/// A value that differs from the one before: so a change can be seen, whatever was inherited.
fn other_than(before: &str, first: &str, second: &str) -> String {
    if before == first { second } else { first }.to_owned()
}

/// Forks a child that changes all of [`CHANGES`], and looks at them in its parent.
///
/// # Errors
/// Those of [`fork`] and of reading `/proc`; `Other` when the child could not make its changes.
pub fn after_fork() -> io::Result<[Change; 6]> {
    let state = State { file: File::open("/proc/self/exe")?, memory: Mapping::private(1)? };
    let before = state.values()?;
    let wanted = [
        other_than(&before[0], "/proc", "/"),
        other_than(&before[1], "0070", "0027"),
        other_than(&before[2], "set", "set again"),
        "caught".to_owned(),
        "1".to_owned(),
        "100".to_owned(),
    ];
    let child = fork(|| if state.change(&wanted).unwrap_or(false) { 0 } else { 1 })?;
    let end = child.wait()?;
    if end != End::Exited(0) {
        return Err(io::Error::other(format!("the child could not make its changes: it {end}")));
    }
    let after = state.values()?;
    Ok(array::from_fn(|n| Change {
        before: before[n].clone(),
        in_child: wanted[n].clone(),
        in_parent: after[n].clone(),
    }))
}

/// Shows the six.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We fork a child that changes six things, and then look at our own.")?;
    writeln!(out, "  Expected: five are its copies. An open file's offset is shared.")?;
    writeln!(out, "    the child changes its      to          does the parent notice?")?;
    for (what, change) in CHANGES.into_iter().zip(after_fork()?) {
        let noticed = change.noticed();
        writeln!(out, "    {what:<26} {:<11} {}", change.in_child, if noticed { "yes" } else { "no" })?;
        claim(noticed == (what == "offset of an open file"), format_args!("{what}: {change:?}"))?;
    }
    writeln!(out, "  Fork copies the table of descriptors; both copies lead to one open file,")?;
    writeln!(out, "  and the offset belongs to that. A thread shares all six: see that chapter.")?;
    Ok(())
}
