//! What a unit costs a parent that has much memory, in small pages and in huge ones.

use std::io;
use std::ptr::NonNull;
use std::sync::atomic::Ordering::Relaxed;

use nix::sys::mman::{MmapAdvise, madvise};
use process_basics::mapping::{Mapping, PAGE};

use super::creation::arms;
use crate::measure::bench::Bench;
use crate::measure::footprint::kib;
use crate::measure::placement::pin;
use crate::measure::plan::{Plan, Samples, Stop};

pub(crate) const SMALL: MmapAdvise = MmapAdvise::MADV_NOHUGEPAGE;
pub(crate) const HUGE: MmapAdvise = MmapAdvise::MADV_HUGEPAGE;

pub(crate) fn by_parent(plan: &Plan, mib: usize, advice: MmapAdvise) -> Result<Samples, Stop> {
    let spare = kib("/proc/meminfo", "MemAvailable")? / 1024;
    if spare < 2 * mib {
        return Err(Stop::Skipped(format!("{spare} MiB of memory to spare, not {}", 2 * mib)));
    }
    pin(0, plan.cpus[0])?;
    let pages = (mib << 20) / PAGE;
    let memory = Mapping::private(pages)?;
    let advised = advise(&memory, mib << 20, advice);
    (0..pages).for_each(|page| memory.page(page).store(1, Relaxed));
    if advice == HUGE {
        let seen = advised.and_then(|()| kib("/proc/self/smaps_rollup", "AnonHugePages"));
        let kib_seen = seen.map_err(|error| Stop::Skipped(format!("no huge pages that can be seen: {error}")))?;
        if kib_seen / 1024 < mib * 9 / 10 {
            return Err(Stop::Skipped(format!("the kernel put {kib_seen} KiB of {mib} MiB into huge pages")));
        }
    }
    let mut bench = Bench::new(plan, "ns");
    arms(&mut bench, 1)?;
    bench.run()
}

/// Tells the kernel which pages to use. One without huge pages refuses both advices, and uses small ones.
fn advise(memory: &Mapping, length: usize, advice: MmapAdvise) -> io::Result<()> {
    let start = NonNull::new(std::ptr::with_exposed_provenance_mut(memory.address()));
    // SAFETY: both advices change how the kernel keeps our mapping, not what is in it.
    Ok(unsafe { madvise(start.expect("a mapping is not at 0"), length, advice) }?)
}
