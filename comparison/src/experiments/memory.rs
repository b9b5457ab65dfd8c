//! Is a write seen on the other side? What does one more unit cost in memory?

use std::io;
use std::process;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Barrier};
use std::thread;

use process_basics::echo::Echo;
use process_basics::footprint;
use process_basics::fork::{Forked, fork};
use process_basics::mapping::Mapping;
use process_basics::memory::{WRITTEN, write_in_child};
use thread_basics::memory::write_in_thread;

use super::{Outcome, Plan, Spec};
use crate::bench::Bench;
use crate::report::Boundary;

pub(super) const SPECS: &[Spec] = &[
    Spec { id: "memory.visible", about: "is a write seen on the other side?", deadline: 20, run: visible },
    Spec { id: "memory.per_unit", about: "what does one more idle unit cost?", deadline: 30, run: per_unit },
];

fn visible(plan: &Plan) -> io::Result<Outcome> {
    let seen = |value: u64| if value == WRITTEN { 1.0 } else { 0.0 };
    let mut bench = Bench::new(plan, "writes seen");
    bench.arm("thread: shared heap", Boundary::Thread, || Ok(seen(write_in_thread(true)?.starter)));
    bench.arm("process: private memory", Boundary::Process, || {
        Ok(seen(write_in_child(&Mapping::private()?, true)?.parent))
    });
    bench.arm("process: MAP_SHARED", Boundary::Process, || Ok(seen(write_in_child(&Mapping::shared()?, true)?.parent)));
    bench.arm("control: thread, no writer", Boundary::Thread, || Ok(seen(write_in_thread(false)?.starter)));
    bench.arm("control: process, no writer", Boundary::Process, || {
        Ok(seen(write_in_child(&Mapping::shared()?, false)?.parent))
    });
    bench.run(plan.rounds(20, 100))
}

fn per_unit(plan: &Plan) -> io::Result<Outcome> {
    let mut bench = Bench::new(plan, "KiB");
    bench.arm("thread", Boundary::Thread, || idle_threads(64));
    bench.arm("process: fork", Boundary::Process, || idle_forks(8));
    bench.arm("process: own program", Boundary::Process, || idle_programs(plan, 4));
    bench.run(plan.rounds(5, 20))
}

/// PSS of this process, KiB.
fn own_pss() -> io::Result<f64> {
    Ok(footprint::of(process::id() as i32)?.pss as f64)
}

/// KiB that each of `count` idle threads adds to this process.
fn idle_threads(count: usize) -> io::Result<f64> {
    let before = own_pss()?;
    let idle = Arc::new(Barrier::new(count + 1));
    let start = |_| {
        let idle = Arc::clone(&idle);
        thread::Builder::new().spawn(move || {
            idle.wait(); // all are up
            idle.wait(); // measured
        })
    };
    let threads: Vec<_> = (0..count).map(start).collect::<io::Result<_>>()?;
    idle.wait();
    let after = own_pss();
    idle.wait();
    for thread in threads {
        thread.join().map_err(|_| io::Error::other("an idle thread panicked"))?;
    }
    Ok((after? - before) / count as f64)
}

/// KiB that each of `count` idle forked children adds to the family: a page shared by all is counted once.
fn idle_forks(count: usize) -> io::Result<f64> {
    let before = own_pss()?;
    let up = Mapping::shared()?;
    let idle = || {
        up.fetch_add(1, SeqCst);
        loop {
            nix::unistd::pause(); // until the parent kills it
        }
    };
    let children: Vec<Forked> = (0..count).map(|_| fork(idle)).collect::<io::Result<_>>()?;
    while up.load(SeqCst) < count as u64 {
        thread::yield_now();
    }
    let mut after = own_pss()?;
    for child in &children {
        after += footprint::of(child.pid())?.pss as f64;
    }
    Ok((after - before) / count as f64)
}

/// KiB that each of `count` idle children with a program of their own adds.
fn idle_programs(plan: &Plan, count: usize) -> io::Result<f64> {
    let before = own_pss()?;
    let mut children: Vec<Echo> = (0..count).map(|_| Echo::start(&plan.program, 1)).collect::<io::Result<_>>()?;
    if !children.iter_mut().all(Echo::answers) {
        return Err(io::Error::other("an idle child did not answer"));
    }
    let mut after = own_pss()?;
    for child in &children {
        after += footprint::of(child.pid() as i32)?.pss as f64;
    }
    Ok((after - before) / count as f64)
}
