//! What a unit costs a parent that has much memory, in small pages and in huge ones.

use std::fs;
use std::io;
use std::ptr::NonNull;
use std::sync::atomic::Ordering::Relaxed;

use nix::sys::mman::{MmapAdvise, madvise};
use process_basics::mapping::{Mapping, PAGE};

use super::creation::arms;
use super::{Outcome, Plan, Spec};
use crate::bench::Bench;
use crate::placement::pin;
use crate::report::Mode;

macro_rules! by_parent {
    ($parent:literal, $mib:literal, $advice:ident, $takes:expr) => {
        Spec {
            id: concat!("overhead.by_parent.", $parent),
            about: concat!("start and end a unit, the parent has ", $mib, " MiB"),
            takes: $takes,
            deadline: 60,
            run: |plan| by_parent(plan, $mib, MmapAdvise::$advice),
        }
    };
}

/// No huge pages for 1 MiB: one has two.
pub(super) const SPECS: &[Spec] = &[
    by_parent!("1MiB.small_pages", 1, MADV_NOHUGEPAGE, [0.1, 0.1]),
    by_parent!("64MiB.small_pages", 64, MADV_NOHUGEPAGE, [0.1, 0.3]),
    by_parent!("64MiB.huge_pages", 64, MADV_HUGEPAGE, [0.2, 0.3]),
    by_parent!("256MiB.small_pages", 256, MADV_NOHUGEPAGE, [0.3, 1.1]),
    by_parent!("256MiB.huge_pages", 256, MADV_HUGEPAGE, [0.5, 0.8]),
    by_parent!("1GiB.small_pages", 1024, MADV_NOHUGEPAGE, [0.0, 3.5]),
    by_parent!("1GiB.huge_pages", 1024, MADV_HUGEPAGE, [0.0, 2.8]),
];

fn by_parent(plan: &Plan, mib: usize, advice: MmapAdvise) -> io::Result<Outcome> {
    if mib >= 1024 && plan.mode == Mode::Quick {
        return Ok(Outcome::Skipped("so large a parent only in the full run".to_owned()));
    }
    let spare = kib_of("/proc/meminfo", "MemAvailable")? / 1024;
    if spare < 2 * mib {
        return Ok(Outcome::Skipped(format!("{spare} MiB of memory to spare, not {}", 2 * mib)));
    }
    pin(0, plan.cpus[0])?;
    let pages = (mib << 20) / PAGE;
    let memory = Mapping::private(pages)?;
    let advised = advise(&memory, mib << 20, advice);
    (0..pages).for_each(|page| memory.page(page).store(1, Relaxed));
    if advice == MmapAdvise::MADV_HUGEPAGE {
        let huge = advised.and_then(|()| kib_of("/proc/self/smaps_rollup", "AnonHugePages"));
        match huge {
            Ok(kib) if kib / 1024 >= mib * 9 / 10 => {}
            Ok(kib) => return Ok(Outcome::Skipped(format!("the kernel put {kib} KiB of {mib} MiB into huge pages"))),
            Err(error) => return Ok(Outcome::Skipped(format!("no huge pages that can be seen: {error}"))),
        }
    }
    let mut bench = Bench::new(plan, "ns");
    arms(&mut bench, 1)?;
    bench.run(plan.rounds(12, 60))
}

/// Tells the kernel which pages to use. One without huge pages refuses both advices, and uses small ones.
fn advise(memory: &Mapping, length: usize, advice: MmapAdvise) -> io::Result<()> {
    let start = NonNull::new(std::ptr::with_exposed_provenance_mut(memory.address()));
    // SAFETY: both advices change how the kernel keeps our mapping, not what is in it.
    Ok(unsafe { madvise(start.expect("a mapping is not at 0"), length, advice) }?)
}

/// A figure in KiB that a file in /proc has under that name.
fn kib_of(file: &str, name: &str) -> io::Result<usize> {
    let text = fs::read_to_string(file)?;
    let figure = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')?.split_whitespace().next());
    figure.and_then(|kib| kib.parse().ok()).ok_or_else(|| io::Error::other(format!("{file} does not tell {name}")))
}
