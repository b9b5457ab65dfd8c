//! What does one more idle unit cost in memory?

use std::io;
use std::process;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Barrier};
use std::thread;

use nix::unistd::getppid;
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
    bench.arm(THREAD, || in_fresh_process(|| idle_threads(64)));
    bench.arm(FORK, || idle_forks(8));
    bench.pair(FORK, THREAD);
    bench.rounds(2, 8)
}

fn own() -> io::Result<f64> {
    memory(process::id() as i32)
}

/// That of this process and of its parent, which maps the same program: what both map counts half in each.
fn family() -> io::Result<f64> {
    Ok(own()? + memory(getppid().as_raw())?)
}

/// Measures in a forked child: here the C library would keep the stacks of joined threads for the next ones.
fn in_fresh_process(measure: impl FnOnce() -> io::Result<f64>) -> io::Result<f64> {
    Ok(f64::from_bits(ForkedTask::start(|| measure().map(f64::to_bits))?.number()?))
}

/// KiB that each of `count` idle threads adds to this process.
fn idle_threads(count: usize) -> io::Result<f64> {
    let before = own()?;
    let idle = Arc::new(Barrier::new(count + 1));
    for _ in 0..count {
        let idle = Arc::clone(&idle);
        thread::Builder::new().spawn(move || {
            idle.wait(); // all are up
            idle.wait(); // until the process ends
        })?;
    }
    idle.wait();
    Ok((own()? - before) / count as f64)
}

/// KiB that each of `count` idle forked children adds to the family: a page shared by all is counted once.
fn idle_forks(count: usize) -> io::Result<f64> {
    let before = family()?;
    let up = Mapping::shared(1)?;
    let idle = || {
        up.page(0).fetch_add(1, SeqCst);
        loop {
            nix::unistd::pause(); // until the parent kills it
        }
    };
    let children: Vec<Forked> = (0..count).map(|_| fork(idle)).collect::<io::Result<_>>()?;
    while up.page(0).load(SeqCst) < count as u64 {
        if children.iter().any(|child| child.has_ended().unwrap_or(true)) {
            return Err(io::Error::other("an idle child ended"));
        }
        thread::yield_now();
    }
    let theirs = children.iter().map(|child| memory(child.pid())).sum::<io::Result<f64>>()?;
    Ok((family()? + theirs - before) / count as f64)
}
