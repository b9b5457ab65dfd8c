//! Memory is separate: a parent does not see what its child writes, unless it has asked for shared memory.

use std::io::{self, Write};
use std::ops::Range;
use std::sync::atomic::Ordering::SeqCst;

use nix::sys::resource::{UsageWho, getrusage};

use crate::cli::claim;
use crate::fork::fork;
use crate::mapping::Mapping;
use crate::support::end::End;

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

/// The parent writes to all `pages` of a mapping and forks; the child writes to `written` of them. How many page
/// faults that caused in the child: one for each page that the kernel had to copy.
///
/// # Errors
/// Those of [`fork`] and getrusage(2).
pub fn copy_on_write(pages: usize, written: usize) -> io::Result<u64> {
    let memory = Mapping::private(pages + 1)?; // the last page is for practice
    let faults = Mapping::shared(1)?;
    let write = |pages: Range<usize>| {
        let before = getrusage(UsageWho::RUSAGE_SELF)?.minor_page_faults();
        pages.for_each(|page| memory.page(page).store(WRITTEN, SeqCst));
        let after = getrusage(UsageWho::RUSAGE_SELF)?.minor_page_faults();
        io::Result::Ok((after - before) as u64)
    };
    write(0..pages + 1)?;
    let child = fork(|| {
        for range in [pages..pages + 1, 0..written] {
            let count = write(range).expect("getrusage(2) fails for no process"); // the first also copies the stack
            faults.page(0).store(count, SeqCst);
        }
        0
    })?;
    match child.wait()? {
        End::Exited(0) => Ok(faults.page(0).load(SeqCst)),
        end => Err(io::Error::other(format!("the child that counts its page faults {end}"))),
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
    writeln!(out, "    0 pages written: {none} page faults; 16 pages written: {some}, one for each copy")?;
    claim(none == 0, format_args!("{none} pages were copied without a write"))?;
    claim(some == 16, format_args!("{some} pages were copied for 16 writes"))?;
    writeln!(out, "  This is the document's \"Separate memory\". JavaScript has no fork(2): Node's")?;
    writeln!(out, "  fork() starts a fresh program instead.")?;
    Ok(())
}
