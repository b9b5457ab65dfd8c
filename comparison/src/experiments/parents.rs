//! What a unit costs a parent that has much memory, in small pages and in huge ones.

use std::fs;
use std::io;
use std::ptr::NonNull;
use std::sync::atomic::Ordering::Relaxed;

use nix::sys::mman::{MmapAdvise, madvise};
use process_basics::mapping::{Mapping, page_size};

use super::creation::arms;
use super::{Plan, Samples, Stop};
use crate::bench::Bench;
use crate::placement::pin;
use crate::report::Mode;

pub(super) const SMALL: MmapAdvise = MmapAdvise::MADV_NOHUGEPAGE;
pub(super) const HUGE: MmapAdvise = MmapAdvise::MADV_HUGEPAGE;

pub(super) fn by_parent(plan: &Plan, mib: usize, advice: MmapAdvise) -> Result<Samples, Stop> {
    if mib >= 1024 && plan.mode == Mode::Quick {
        return Err(Stop::CannotHere("so large a parent only in the full run".to_owned()));
    }
    let spare = kib_of("/proc/meminfo", "MemAvailable")? / 1024;
    if spare < 2 * mib {
        return Err(Stop::CannotHere(format!("{spare} MiB of memory to spare, not {}", 2 * mib)));
    }
    pin(0, plan.cpus[0])?;
    let pages = (mib << 20) / page_size();
    let memory = Mapping::private(pages)?;
    let advised = advise(&memory, mib << 20, advice);
    (0..pages).for_each(|page| memory.page(page).store(1, Relaxed));
    if advice == HUGE {
        let seen = advised.and_then(|()| kib_of("/proc/self/smaps_rollup", "AnonHugePages"));
        let kib = seen.map_err(|error| Stop::CannotHere(format!("no huge pages that can be seen: {error}")))?;
        if kib / 1024 < mib * 9 / 10 {
            return Err(Stop::CannotHere(format!("the kernel put {kib} KiB of {mib} MiB into huge pages")));
        }
    }
    let mut bench = Bench::new(plan, "ns");
    arms(&mut bench, 1)?;
    bench.run(plan.rounds(12, 60))
}

/// Tells the kernel which pages to use. One without huge pages refuses both advices, and uses small ones.
fn advise(memory: &Mapping, length: usize, advice: MmapAdvise) -> io::Result<()> {
    let start =
        NonNull::new(std::ptr::with_exposed_provenance_mut(std::ptr::from_ref(memory.page(0)).expose_provenance()));
    // SAFETY: both advices change how the kernel keeps our mapping, not what is in it.
    Ok(unsafe { madvise(start.expect("a mapping is not at 0"), length, advice) }?)
}

/// A figure in KiB that a file in /proc has under that name.
fn kib_of(file: &str, name: &str) -> io::Result<usize> {
    let text = fs::read_to_string(file)?;
    let figure = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')?.split_whitespace().next());
    figure.and_then(|kib| kib.parse().ok()).ok_or_else(|| io::Error::other(format!("{file} does not tell {name}")))
}
