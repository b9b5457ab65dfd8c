//! Is a write seen on the other side? What does one more unit cost in memory?

use std::io;
use std::process;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Barrier};
use std::thread;

use nix::unistd::getppid;
use process_basics::echo::Echo;
use process_basics::footprint;
use process_basics::fork::{Forked, fork};
use process_basics::mapping::Mapping;
use process_basics::memory::{WRITTEN, write_in_child};
use process_basics::spawn::End;
use thread_basics::memory::write_in_thread;

use super::{Outcome, Plan, Spec};
use crate::bench::Bench;
use crate::report::Boundary;

pub(super) const SPECS: &[Spec] = &[
    Spec {
        id: "memory.visible",
        about: "is a write seen on the other side?",
        takes: [1.0, 4.0],
        deadline: 20,
        run: visible,
    },
    Spec {
        id: "memory.per_unit",
        about: "what does one more idle unit cost?",
        takes: [1.0, 4.0],
        deadline: 30,
        run: per_unit,
    },
];

fn visible(plan: &Plan) -> io::Result<Outcome> {
    let seen = |value: u64| if value == WRITTEN { 1.0 } else { 0.0 };
    let mut bench = Bench::new(plan, "writes seen");
    bench.arm("thread: shared heap", Boundary::Thread, || Ok(seen(write_in_thread(true)?.starter)));
    bench.arm("process: private memory", Boundary::Process, || {
        Ok(seen(write_in_child(&Mapping::private(1)?, true)?.parent))
    });
    bench
        .arm("process: MAP_SHARED", Boundary::Process, || Ok(seen(write_in_child(&Mapping::shared(1)?, true)?.parent)));
    bench.arm("control: thread, no writer", Boundary::Thread, || Ok(seen(write_in_thread(false)?.starter)));
    bench.arm("control: process, no writer", Boundary::Process, || {
        Ok(seen(write_in_child(&Mapping::shared(1)?, false)?.parent))
    });
    bench.run(plan.rounds(20, 100))
}

fn per_unit(plan: &Plan) -> io::Result<Outcome> {
    if let Err(error) = footprint::of(process::id() as i32) {
        return Ok(Outcome::Skipped(format!("the kernel does not tell what memory costs (smaps_rollup): {error}")));
    }
    let mut bench = Bench::new(plan, "KiB");
    bench.arm("thread", Boundary::Thread, || in_fresh_process(|| idle_threads(64)));
    bench.arm("process: fork", Boundary::Process, || idle_forks(8));
    bench.arm("process: own program", Boundary::Process, || idle_programs(plan, 4));
    bench.run(plan.rounds(5, 20))
}

/// PSS of this process and of its parent, which maps the same program: what both map counts half in each.
fn family_pss() -> io::Result<f64> {
    Ok((footprint::of(process::id() as i32)?.pss + footprint::of(getppid().as_raw())?.pss) as f64)
}

/// Measures in a forked child: here the C library would keep the stacks of joined threads for the next ones.
fn in_fresh_process(measure: impl FnOnce() -> io::Result<f64>) -> io::Result<f64> {
    let told = Mapping::shared(1)?;
    let child = fork(|| match measure() {
        Ok(kib) => {
            told.page(0).store(kib.to_bits(), SeqCst);
            0
        }
        Err(_) => 1,
    })?;
    match child.wait()? {
        End::Exited(0) => Ok(f64::from_bits(told.page(0).load(SeqCst))),
        end => Err(io::Error::other(format!("the child that measures idle threads {end}"))),
    }
}

/// KiB that each of `count` idle threads adds to this process.
fn idle_threads(count: usize) -> io::Result<f64> {
    let before = footprint::of(process::id() as i32)?.pss as f64;
    let idle = Arc::new(Barrier::new(count + 1));
    for _ in 0..count {
        let idle = Arc::clone(&idle);
        thread::Builder::new().spawn(move || {
            idle.wait(); // all are up
            idle.wait(); // until the process ends
        })?;
    }
    idle.wait();
    Ok((footprint::of(process::id() as i32)?.pss as f64 - before) / count as f64)
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
    let mut after = family_pss()?;
    for &pid in children {
        after += footprint::of(pid)?.pss as f64;
    }
    Ok((after - before) / children.len() as f64)
}
