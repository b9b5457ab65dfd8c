//! Memory is separate: what a child writes, its parent does not see, unless they asked for memory to share.

use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::Ordering::SeqCst;

use anyhow::ensure;

use crate::footprint;
use crate::fork::fork;
use crate::mapping::{Mapping, PAGE};
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

/// Forks a child that writes [`WRITTEN`] into the first page of `canary` if `writes`, and tells what each side reads.
///
/// # Errors
/// Those of [`fork`]; `Other` when the child did not end by itself.
pub fn write_in_child(canary: &Mapping, writes: bool) -> io::Result<Seen> {
    canary.page(0).store(BEFORE, SeqCst);
    let child = fork(|| {
        if writes {
            canary.page(0).store(WRITTEN, SeqCst);
        }
        canary.page(0).load(SeqCst) as i32
    })?;
    match child.wait()? {
        End::Exited(read_back) => Ok(Seen { child: read_back as u64, parent: canary.page(0).load(SeqCst) }),
        end => Err(io::Error::other(format!("the writing child {end}"))),
    }
}

/// Forks a child of a parent that has written all `pages` of a mapping. The child writes `written` of them; how many
/// pages it has to itself then that it shared with its parent before.
///
/// # Errors
/// Those of [`fork`]; `Other` when the child could not look itself up in `/proc`.
pub fn copy_on_write(pages: usize, written: usize) -> io::Result<u64> {
    let memory = Mapping::private(pages)?;
    (0..pages).for_each(|page| memory.page(page).store(BEFORE, SeqCst));
    let copied = Mapping::shared(1)?;
    let child = fork(|| {
        let own = || footprint::private_dirty(memory.address());
        let Ok(before) = own() else { return 1 };
        (0..written).for_each(|page| memory.page(page).store(WRITTEN, SeqCst));
        let Ok(after) = own() else { return 1 };
        copied.page(0).store((after - before) * 1024 / PAGE as u64, SeqCst);
        0
    })?;
    match child.wait()? {
        End::Exited(0) => Ok(copied.page(0).load(SeqCst)),
        end => Err(io::Error::other(format!("the child that looks itself up in /proc/self/smaps {end}"))),
    }
}

/// Shows a private and a shared page, the control without a writer, and what is copied when.
pub fn show(out: &mut dyn Write, _program: &Path) -> anyhow::Result<()> {
    writeln!(out, "  memory   child does   child reads   parent reads")?;
    for (name, canary, act, expected) in [
        ("private", Mapping::private(1)?, "nothing", Seen { child: BEFORE, parent: BEFORE }),
        ("private", Mapping::private(1)?, "writes 2", Seen { child: WRITTEN, parent: BEFORE }),
        ("shared", Mapping::shared(1)?, "writes 2", Seen { child: WRITTEN, parent: WRITTEN }),
    ] {
        let seen = write_in_child(&canary, act != "nothing")?;
        writeln!(out, "  {name:<8} {act:<12} {:<13} {}", seen.child, seen.parent)?;
        ensure!(seen == expected, "a child {act}, its memory {name}: {seen:?}");
    }

    let (none, some) = (copy_on_write(64, 0)?, copy_on_write(64, 16)?);
    writeln!(out, "  64 pages, forked. The child writes none: {none} are copied.")?;
    writeln!(out, "                    The child writes 16: {some} are copied.")?;
    ensure!((none, some) == (0, 16), "not the pages that were written were copied: {none} of 0, {some} of 16");
    writeln!(out, "  A page is copied when it is written, not when it is forked.")?;
    Ok(())
}
