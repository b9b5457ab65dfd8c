//! What a child changes, and whether its parent notices. The twin of this file asks the same of a thread.

use std::env;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::Ordering::SeqCst;

use anyhow::ensure;
use nix::sys::signal::Signal;

use crate::changes::{catch, set_umask};
use crate::fork::fork;
use crate::mapping::Mapping;
use crate::spawn::End;

/// Something a process has, and whether a child's change of it was seen by its parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// What it is.
    pub what: &'static str,
    /// What the parent had before the child was made.
    pub before: String,
    /// What the child made of it.
    pub child: String,
    /// What the parent had afterwards.
    pub after: String,
}

impl Shared {
    /// Whether the parent has what the child made.
    pub fn is_shared(&self) -> bool {
        self.after != self.before
    }
}

const VARIABLE: &str = "WHAT_IS_SHARED";

/// What is looked at: six things that a process has.
struct State {
    file: File,
    memory: Mapping,
}

impl State {
    fn new() -> io::Result<Self> {
        Ok(Self { file: File::open("/proc/self/exe")?, memory: Mapping::private(1)? })
    }

    /// Each thing with its present value, as the kernel or the process itself tells it.
    fn look(&self) -> io::Result<[(&'static str, String); 6]> {
        let status = fs::read_to_string("/proc/self/status")?;
        let line = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(":\t"));
            line.unwrap_or("unknown").to_owned()
        };
        let caught = u64::from_str_radix(&line("SigCgt"), 16).unwrap_or(0) >> (Signal::SIGUSR1 as u32 - 1) & 1;
        Ok([
            ("working directory", env::current_dir()?.display().to_string()),
            ("umask", line("Umask")),
            ("environment", env::var(VARIABLE).unwrap_or_else(|_| "unset".to_owned())),
            ("signal handlers", if caught == 1 { "caught" } else { "default" }.to_owned()),
            ("address space", self.memory.page(0).load(SeqCst).to_string()),
            ("offset of an open file", (&self.file).stream_position()?.to_string()),
        ])
    }

    fn change(&self) -> io::Result<()> {
        env::set_current_dir("/proc")?;
        set_umask(0o77);
        // SAFETY: this is a forked child, which has one thread.
        unsafe { env::set_var(VARIABLE, "set") };
        catch(Signal::SIGUSR1)?;
        self.memory.page(0).store(1, SeqCst);
        (&self.file).seek(SeekFrom::Start(100))?;
        Ok(())
    }
}

/// Forks a child that changes everything, and looks at what the parent has before and after.
///
/// # Errors
/// Those of [`fork`] and of reading `/proc`; `Other` when the child could not make its changes.
pub fn after_fork() -> io::Result<Vec<Shared>> {
    let state = State::new()?;
    let before = state.look()?;
    let (told, mut tell) = io::pipe()?;
    let child = fork(|| {
        let changed = state.change().and_then(|()| state.look());
        let told = changed.and_then(|things| things.iter().try_for_each(|(_, value)| writeln!(tell, "{value}")));
        told.map_or(1, |()| 0)
    })?;
    drop(tell);
    let childs = io::read_to_string(told)?;
    match child.wait()? {
        End::Exited(0) => {}
        end => return Err(io::Error::other(format!("the child that changes everything {end}"))),
    }
    let things = before.into_iter().zip(childs.lines()).zip(state.look()?);
    let shared =
        things.map(|(((what, before), child), (_, after))| Shared { what, before, child: child.to_owned(), after });
    Ok(shared.collect())
}

/// Shows the six.
pub fn show(out: &mut dyn Write, _program: &Path) -> anyhow::Result<()> {
    let things = after_fork()?;
    writeln!(out, "  the child changes its      to        does the parent notice?")?;
    for thing in &things {
        let notices = if thing.is_shared() { "yes" } else { "no" };
        writeln!(out, "  {:<26} {:<9} {notices}", thing.what, thing.child)?;
        ensure!(thing.child != thing.before, "the child did not change its {}", thing.what);
        let expected = thing.what == "offset of an open file";
        ensure!(thing.is_shared() == expected, "{}: {thing:?}", thing.what);
    }
    ensure!(things.len() == 6, "only {} things were looked at", things.len());
    writeln!(out, "  All of it was copied. A descriptor's copy still leads to")?;
    writeln!(out, "  the same open file, and the offset belongs to that.")?;
    Ok(())
}
