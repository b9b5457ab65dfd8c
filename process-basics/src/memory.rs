//! Memory is separate: a parent does not see what its child writes, unless it has asked for shared memory.

use std::io::{self, Write};
use std::sync::atomic::Ordering::SeqCst;

use crate::cli::claim;
use crate::fork::fork;
use crate::mapping::{Mapping, page_size};
use crate::spawn::End;
use crate::support::proc::private_dirty;

/// The value before the fork.
pub const BEFORE: u64 = 1;
/// The value that the child writes.
pub const WRITTEN: u64 = 2;

/// What each side read after the child's write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The value, read back by the child.
    pub child: u64,
    /// The value, read by the parent once the child has ended.
    pub parent: u64,
}

/// Forks a child that writes [`WRITTEN`] into the first page of `value` if it `writes`, and reports what each reads.
///
/// # Errors
/// Those of [`fork`]; `Other` when the child did not end by itself.
pub fn write_in_child(value: &Mapping, writes: bool) -> io::Result<Seen> {
    value.page(0).store(BEFORE, SeqCst);
    let child = fork(|| {
        if writes {
            value.page(0).store(WRITTEN, SeqCst);
        }
        value.page(0).load(SeqCst) as i32
    })?;
    match child.wait()? {
        End::Exited(read_back) => Ok(Seen { child: read_back as u64, parent: value.page(0).load(SeqCst) }),
        end => Err(io::Error::other(format!("the writing child {end}"))),
    }
}

/// The parent writes to all `pages` of a mapping and forks; the child writes to `written` of them. How many pages were
/// copied for that: the child has them to itself, where it shared them with its parent before.
///
/// # Errors
/// Those of [`fork`]; `Other` when the child could not look itself up in `/proc`.
pub fn copy_on_write(pages: usize, written: usize) -> io::Result<u64> {
    let memory = Mapping::private(pages)?;
    (0..pages).for_each(|page| memory.page(page).store(BEFORE, SeqCst));
    let copied = Mapping::shared(1)?;
    let child = fork(|| {
        let Ok(before) = private_dirty(memory.address()) else { return 1 };
        (0..written).for_each(|page| memory.page(page).store(WRITTEN, SeqCst));
        let Ok(after) = private_dirty(memory.address()) else { return 1 };
        let bytes = (after - before) * 1024;
        copied.page(0).store(bytes / page_size() as u64, SeqCst);
        0
    })?;
    match child.wait()? {
        End::Exited(0) => Ok(copied.page(0).load(SeqCst)),
        end => Err(io::Error::other(format!("the child that reads its /proc/self/smaps {end}"))),
    }
}

/// Shows a private and a shared page, the control without a writer, and which pages are copied.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  The parent stores {BEFORE} and forks; the child stores {WRITTEN}, or does not. Both read.")?;
    writeln!(out, "  Expected: the parent still reads {BEFORE}, unless it had asked for shared memory.")?;
    writeln!(out, "    memory    the child    the child reads   the parent reads")?;
    for (name, value, writes, expected) in [
        ("private", Mapping::private(1)?, false, Seen { child: BEFORE, parent: BEFORE }),
        ("private", Mapping::private(1)?, true, Seen { child: WRITTEN, parent: BEFORE }),
        ("shared", Mapping::shared(1)?, true, Seen { child: WRITTEN, parent: WRITTEN }),
    ] {
        let seen = write_in_child(&value, writes)?;
        let act = if writes { "stores 2" } else { "only reads" };
        writeln!(out, "    {name:<9} {act:<12} {:<17} {}", seen.child, seen.parent)?;
        claim(seen == expected, format_args!("{name} memory, the child {act}: {seen:?}"))?;
    }
    writeln!(out, "  Then we fork with 64 pages of private memory. Expected: fork copies none of")?;
    writeln!(out, "  them; a page is copied when one of the two processes writes to it.")?;
    let (none, some) = (copy_on_write(64, 0)?, copy_on_write(64, 16)?);
    writeln!(out, "    the child writes to 0 pages: {none} are copied; to 16: {some} are copied")?;
    claim(none == 0, format_args!("{none} pages were copied without a write"))?;
    claim(some == 16, format_args!("{some} pages were copied for 16 writes"))?;
    writeln!(out, "  This is the document's \"Separate memory\". JavaScript has no fork(2): Node's")?;
    writeln!(out, "  fork() starts a fresh program instead.")?;
    Ok(())
}
