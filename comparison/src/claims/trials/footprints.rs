//! What does one more idle unit cost in memory?

use std::io;
use std::process;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Barrier};
use std::thread;

use nix::unistd::getppid;
use process_basics::echo::Echo;
use process_basics::fork::{Forked, fork};
use process_basics::mapping::Mapping;

use crate::measure::bench::Bench;
use crate::measure::footprint;
use crate::measure::forked::ForkedTask;
use crate::measure::plan::{Plan, Samples, Stop};

pub(crate) const THREAD: &str = "thread";
pub(crate) const FORK: &str = "process: fork";
pub(crate) const PROGRAM: &str = "process: our own program";

pub(crate) fn per_unit(plan: &Plan) -> Result<Samples, Stop> {
    own_pss().map_err(|error| {
        Stop::Skipped(format!("the kernel does not tell what memory costs (smaps_rollup): {error}"))
    })?;
    let mut bench = Bench::new(plan, "KiB");
    bench.arm(THREAD, || in_fresh_process(|| idle_threads(64)));
    bench.arm(FORK, || idle_forks(8));
    bench.arm(PROGRAM, || idle_programs(plan, 4));
    [FORK, PROGRAM].into_iter().for_each(|unit| bench.pair(unit, THREAD));
    bench.rounds(2, 8)
}

fn pss(pid: i32) -> io::Result<f64> {
    footprint::memory(pid)
}

fn pss_of(pids: &[i32]) -> io::Result<f64> {
    pids.iter().map(|&pid| pss(pid)).sum()
}

fn own_pss() -> io::Result<f64> {
    pss(process::id() as i32)
}

/// That of this process and of its parent, which maps the same program: what both map counts half in each.
fn family_pss() -> io::Result<f64> {
    Ok(own_pss()? + pss(getppid().as_raw())?)
}

/// Measures in a forked child: here the C library would keep the stacks of joined threads for the next ones.
fn in_fresh_process(measure: impl FnOnce() -> io::Result<f64>) -> io::Result<f64> {
    Ok(f64::from_bits(ForkedTask::start(|| measure().map(f64::to_bits))?.number()?))
}

/// KiB that each of `count` idle threads adds to this process.
fn idle_threads(count: usize) -> io::Result<f64> {
    let before = own_pss()?;
    let idle = Arc::new(Barrier::new(count + 1));
    for _ in 0..count {
        let idle = Arc::clone(&idle);
        thread::Builder::new().spawn(move || {
            idle.wait(); // all are up
            idle.wait(); // until the process ends
        })?;
    }
    idle.wait();
    Ok((own_pss()? - before) / count as f64)
}

/// KiB that each of `count` idle forked children adds to the family: a page shared by all is counted once.
fn idle_forks(count: usize) -> io::Result<f64> {
    let before = family_pss()?;
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
    let pids: Vec<i32> = children.iter().map(Forked::pid).collect();
    per_child(before, &pids)
}

/// KiB that each of `count` idle children with a program of their own adds to the family.
fn idle_programs(plan: &Plan, count: usize) -> io::Result<f64> {
    let before = family_pss()?;
    let mut children: Vec<Echo> = (0..count).map(|_| Echo::start(&plan.program, 1)).collect::<io::Result<_>>()?;
    if !children.iter_mut().all(Echo::answers) {
        return Err(io::Error::other("an idle child did not answer"));
    }
    let pids: Vec<i32> = children.iter().map(|child| child.pid() as i32).collect();
    per_child(before, &pids)
}

fn per_child(before: f64, children: &[i32]) -> io::Result<f64> {
    Ok((family_pss()? + pss_of(children)? - before) / children.len() as f64)
}
