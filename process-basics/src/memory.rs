//! Memory is separate: what a child writes, its parent does not see, unless they asked for memory to share.

use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::Ordering::SeqCst;

use anyhow::ensure;

use crate::fork::fork;
use crate::mapping::Mapping;
use crate::spawn::End;

/// What the canary was when it was set, before the child was made.
pub const BEFORE: u64 = 1;
/// What the child writes into it.
pub const WRITTEN: u64 = 2;

/// What each side read after the child's write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The canary, read back by the child.
    pub child: u64,
    /// The canary, read by the parent once the child has ended.
    pub parent: u64,
}

/// Forks a child that writes [`WRITTEN`] into `canary` if `writes`, and tells what each side reads afterwards.
///
/// # Errors
/// Those of [`fork`]; `Other` when the child did not end by itself.
pub fn write_in_child(canary: &Mapping, writes: bool) -> io::Result<Seen> {
    canary.store(BEFORE, SeqCst);
    let child = fork(|| {
        if writes {
            canary.store(WRITTEN, SeqCst);
        }
        canary.load(SeqCst) as i32
    })?;
    match child.wait()? {
        End::Exited(read_back) => Ok(Seen { child: read_back as u64, parent: canary.load(SeqCst) }),
        end => Err(io::Error::other(format!("the writing child {end}"))),
    }
}

/// Shows a private and a shared mapping, and the control without a writer.
pub fn show(out: &mut dyn Write, _program: &Path) -> anyhow::Result<()> {
    let nobody = write_in_child(&Mapping::private()?, false)?;
    let private = write_in_child(&Mapping::private()?, true)?;
    let shared = write_in_child(&Mapping::shared()?, true)?;

    writeln!(out, "  memory   child does   child reads   parent reads")?;
    for (name, act, seen) in
        [("private", "nothing", nobody), ("private", "writes 2", private), ("shared", "writes 2", shared)]
    {
        writeln!(out, "  {name:<8} {act:<12} {:<13} {}", seen.child, seen.parent)?;
    }
    ensure!(nobody == Seen { child: BEFORE, parent: BEFORE }, "without a writer the canary changed: {nobody:?}");
    ensure!(private == Seen { child: WRITTEN, parent: BEFORE }, "the parent saw a private write: {private:?}");
    ensure!(shared == Seen { child: WRITTEN, parent: WRITTEN }, "the parent did not see a shared write: {shared:?}");
    writeln!(out, "  A private page is copied when the child writes to it: the")?;
    writeln!(out, "  parent keeps its own. Sharing has to be asked for.")?;
    Ok(())
}
