//! What does one more idle unit cost in memory?

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;

use nix::unistd::{getppid, pause};
use process_basics::fork::{Forked, fork};
use process_basics::mapping::Mapping;

use crate::measure::bench::Bench;
use crate::measure::footprint::memory;
use crate::measure::forked::ForkedTask;
use crate::measure::plan::{Plan, Samples, Stop};

pub(crate) const THREAD: &str = "thread";
pub(crate) const FORK: &str = "process: fork";

pub(crate) fn per_unit(plan: &Plan) -> Result<Samples, Stop> {
    own().map_err(|error| {
        Stop::Skipped(format!("the kernel does not tell what memory costs (smaps_rollup): {error}"))
    })?;
    let mut bench = Bench::new(plan, "KiB");
    bench.arm(THREAD, || in_fresh_process(|| per_idle_unit(64, |_| own(), idle_thread)));
    bench.arm(FORK, || per_idle_unit(8, family, |up| fork(|| idle(&up))));
    bench.pair(FORK, THREAD);
    bench.rounds(2, 8)
}

fn own() -> io::Result<f64> {
    memory(process::id() as i32)
}

/// That of this process, its parent and its children: a page that n of them map counts 1/n in each.
fn family(children: &[Forked]) -> io::Result<f64> {
    let pids = children.iter().map(Forked::pid).chain([getppid().as_raw()]);
    pids.map(memory).chain([own()]).sum()
}

/// Measures in a forked child: here the C library would keep the stacks of joined threads for the next ones.
fn in_fresh_process(measure: impl FnOnce() -> io::Result<f64>) -> io::Result<f64> {
    Ok(f64::from_bits(ForkedTask::start(|| measure().map(f64::to_bits))?.number()?))
}

/// KiB that each of `count` idle units adds; `all` counts the memory, given the units that there are.
fn per_idle_unit<T>(
    count: usize,
    all: impl Fn(&[T]) -> io::Result<f64>,
    start: impl Fn(Arc<Mapping>) -> io::Result<T>,
) -> io::Result<f64> {
    let before = all(&[])?;
    let up = Arc::new(Mapping::shared(1)?);
    let units = (0..count).map(|_| start(Arc::clone(&up))).collect::<io::Result<Vec<T>>>()?;
    while up.page(0).load(SeqCst) < count as u64 {
        thread::yield_now();
    }
    Ok((all(&units)? - before) / count as f64)
}

fn idle_thread(up: Arc<Mapping>) -> io::Result<()> {
    thread::Builder::new().spawn(move || idle(&up)).map(drop)
}

/// Says that it is up, and does nothing more, until it is killed or its process ends.
fn idle(up: &Mapping) -> i32 {
    up.page(0).fetch_add(1, SeqCst);
    loop {
        pause();
    }
}
