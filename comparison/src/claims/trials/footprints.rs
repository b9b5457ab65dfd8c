//! What does one more idle unit cost in memory?

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;

use nix::unistd::{getpid, getppid, pause};
use process_basics::fork::{Forked, fork};
use process_basics::mapping::Mapping;

use crate::measure::bench::Bench;
use crate::measure::footprint::memory;
use crate::measure::forked::ForkedTask;
use crate::measure::plan::{Plan, Samples, Stop};

pub(crate) const THREAD: &str = "thread";
pub(crate) const FORK: &str = "process: fork";

pub(crate) fn per_unit(plan: &Plan) -> Result<Samples, Stop> {
    family(&[]).map_err(|error| {
        Stop::Skipped(format!("the kernel does not tell what memory costs (smaps_rollup): {error}"))
    })?;
    let mut bench = Bench::new(plan, "KiB");
    bench.arm(THREAD, || per_idle_unit(64, idle_thread));
    bench.arm(FORK, || per_idle_unit(8, idle_child));
    bench.pair(FORK, THREAD);
    bench.rounds(2, 8)
}

/// KiB of this process, its parent and its children: a page that n of them map counts 1/n in each.
fn family(children: &[Option<Forked>]) -> io::Result<f64> {
    let children = children.iter().flatten().map(Forked::pid);
    children.chain([getpid().as_raw(), getppid().as_raw()]).map(memory).sum()
}

/// KiB that each of `count` idle units adds. Measured in a forked child: here the C library would keep the stacks of
/// joined threads for the next ones.
fn per_idle_unit(count: usize, start: fn(Arc<Mapping>) -> io::Result<Option<Forked>>) -> io::Result<f64> {
    let measure = || {
        let before = family(&[])?;
        let up = Arc::new(Mapping::shared(1)?);
        let units = (0..count).map(|_| start(Arc::clone(&up))).collect::<io::Result<Vec<_>>>()?;
        while up.page(0).load(SeqCst) < count as u64 {
            thread::yield_now();
        }
        let each = (family(&units)? - before) / count as f64;
        Ok(each.to_bits())
    };
    Ok(f64::from_bits(ForkedTask::start(measure)?.number()?))
}

fn idle_thread(up: Arc<Mapping>) -> io::Result<Option<Forked>> {
    thread::Builder::new().spawn(move || idle(&up)).map(|_| None)
}

fn idle_child(up: Arc<Mapping>) -> io::Result<Option<Forked>> {
    fork(|| idle(&up)).map(Some)
}

/// Says that it is up, and does nothing more, until it is killed or its process ends.
fn idle(up: &Mapping) -> i32 {
    up.page(0).fetch_add(1, SeqCst);
    loop {
        pause();
    }
}
