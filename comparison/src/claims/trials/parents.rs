//! What a unit costs a parent that has much memory, in small pages.

use std::ptr::NonNull;
use std::sync::atomic::Ordering::Relaxed;

use nix::sys::mman::{MmapAdvise, madvise};
use process_basics::mapping::{Mapping, page_size};

use super::creation::arms;
use crate::measure::bench::Bench;
use crate::measure::placement::pin;
use crate::measure::plan::{Plan, Samples, Stop};

pub(crate) fn by_parent(plan: &Plan, mib: usize) -> Result<Samples, Stop> {
    pin(0, plan.cpus[0])?; // where the scheduler puts a new thread would otherwise decide half of its price
    let pages = (mib << 20) / page_size();
    let memory = Mapping::private(pages)?;
    avoid_huge_pages(&memory, mib << 20);
    (0..pages).for_each(|page| memory.page(page).store(1, Relaxed));
    let mut bench = Bench::new(plan, "ns");
    arms(&mut bench);
    bench.run()
}

/// Asks the kernel for small pages. One without huge pages refuses, and uses small ones.
fn avoid_huge_pages(memory: &Mapping, length: usize) {
    let start = std::ptr::with_exposed_provenance_mut(std::ptr::from_ref(memory.page(0)).expose_provenance());
    let start = NonNull::new(start).expect("a mapping is not at 0");
    // SAFETY: the advice changes how the kernel keeps our mapping, not what is in it.
    let _ = unsafe { madvise(start, length, MmapAdvise::MADV_NOHUGEPAGE) };
}
