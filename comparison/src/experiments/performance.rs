//! CPU-bound work: does it get faster on threads and in processes, and does either shield a neighbour from it?

use std::io;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::unistd::gettid;
use process_basics::fork::{Forked, fork};
use process_basics::mapping::Mapping;
use process_basics::spawn::End;

use super::{Outcome, Plan, Spec, work};
use crate::bench::{Bench, time};
use crate::placement::{ONE_CPU, pin};
use crate::report::Boundary;

pub(super) const SPECS: &[Spec] = &[
    Spec {
        id: "cpu.speed_up",
        about: "fixed work: serial, on threads, in processes",
        takes: [1.0, 4.0],
        deadline: 60,
        run: speed_up,
    },
    Spec {
        id: "cpu.isolation",
        about: "a victim's work beside a busy neighbour",
        takes: [1.0, 4.0],
        deadline: 60,
        run: isolation,
    },
];

fn speed_up(plan: &Plan) -> io::Result<Outcome> {
    if plan.cpus.len() < 2 {
        return Ok(Outcome::Skipped(ONE_CPU.to_owned()));
    }
    let units = plan.cpus.len() as u64;
    let steps = work::steps_in(Duration::from_millis(40));
    let expected = work::sum(0..steps);
    let mut bench = Bench::new(plan, "ns");
    bench.arm("serial", Boundary::None, || time(|| work::check(work::sum(0..steps), expected)));
    bench.arm("control: serial, again", Boundary::None, || time(|| work::check(work::sum(0..steps), expected)));
    bench.arm("thread: one per CPU", Boundary::Thread, || time(|| work::check(on_threads(steps, units)?, expected)));
    bench
        .arm("process: one per CPU", Boundary::Process, || time(|| work::check(in_processes(steps, units)?, expected)));
    bench.pair("serial", "thread: one per CPU");
    bench.pair("serial", "process: one per CPU");
    bench.pair("process: one per CPU", "thread: one per CPU");
    bench.pair("control: serial, again", "serial");
    bench.run(plan.rounds(40, 120))
}

fn on_threads(steps: u64, units: u64) -> io::Result<u64> {
    thread::scope(|scope| {
        let start = |part| thread::Builder::new().spawn_scoped(scope, move || work::sum(part));
        let threads: Vec<_> = work::parts(steps, units).map(start).collect::<io::Result<_>>()?;
        let sums = threads.into_iter().map(|thread| thread.join().expect("arithmetic does not panic"));
        Ok(sums.fold(0, u64::wrapping_add))
    })
}

fn in_processes(steps: u64, units: u64) -> io::Result<u64> {
    let total = Mapping::shared(1)?;
    let total = &total;
    let start = |part: std::ops::Range<u64>| {
        fork(move || {
            total.page(0).fetch_add(work::sum(part), SeqCst);
            0
        })
    };
    let children: Vec<Forked> = work::parts(steps, units).map(start).collect::<io::Result<_>>()?;
    for child in children {
        let end = child.wait()?;
        if end != End::Exited(0) {
            return Err(io::Error::other(format!("a working child {end}")));
        }
    }
    Ok(total.page(0).load(SeqCst))
}

/// The victim works on the first CPU. The aggressor burns the same one, or the second.
fn isolation(plan: &Plan) -> io::Result<Outcome> {
    let here = plan.cpus[0];
    pin(0, here)?;
    let steps = work::steps_in(Duration::from_millis(25));
    let expected = work::sum(0..steps);
    let victim = || time(|| work::check(work::sum(0..steps), expected));

    let mut bench = Bench::new(plan, "ns");
    bench.arm("control: no neighbour", Boundary::None, victim);
    bench.arm("control: no neighbour, again", Boundary::None, victim);
    bench.pair("control: no neighbour, again", "control: no neighbour");
    bench.arm("thread: busy, same CPU", Boundary::Thread, || beside_thread(here, victim));
    bench.arm("process: busy, same CPU", Boundary::Process, || beside_process(here, victim));
    bench.pair("thread: busy, same CPU", "control: no neighbour");
    bench.pair("process: busy, same CPU", "control: no neighbour");
    bench.pair("thread: busy, same CPU", "process: busy, same CPU");
    if let Some(&there) = plan.cpus.get(1) {
        bench.arm("thread: busy, other CPU", Boundary::Thread, move || beside_thread(there, victim));
        bench.arm("process: busy, other CPU", Boundary::Process, move || beside_process(there, victim));
        bench.pair("thread: busy, other CPU", "control: no neighbour");
        bench.pair("process: busy, other CPU", "control: no neighbour");
    }
    bench.run(plan.rounds(15, 60))
}

fn beside_thread(cpu: usize, victim: impl Fn() -> io::Result<f64>) -> io::Result<f64> {
    let stop = AtomicBool::new(false);
    let (up, is_up) = mpsc::channel();
    thread::scope(|scope| {
        thread::Builder::new().spawn_scoped(scope, || {
            let pinned = pin(gettid().as_raw(), cpu);
            let _ = up.send(pinned);
            burn_until(|| stop.load(Relaxed));
        })?;
        let pinned = is_up.recv().map_err(|_| io::Error::other("the busy thread did not start"))?;
        let sample = pinned.and_then(|()| victim());
        stop.store(true, Relaxed);
        sample
    })
}

const PINNED: u64 = 1;
const NOT_PINNED: u64 = 2;

fn beside_process(cpu: usize, victim: impl Fn() -> io::Result<f64>) -> io::Result<f64> {
    let up = Mapping::shared(1)?;
    let aggressor = fork(|| {
        let pinned = pin(0, cpu).is_ok();
        up.page(0).store(if pinned { PINNED } else { NOT_PINNED }, SeqCst);
        burn_until(|| false); // until the parent kills it
        0
    })?;
    while up.page(0).load(SeqCst) == 0 && !aggressor.has_ended()? {
        thread::yield_now();
    }
    if up.page(0).load(SeqCst) != PINNED {
        return Err(io::Error::other(format!("the busy process ended, or could not be kept on CPU {cpu}")));
    }
    let sample = victim();
    drop(aggressor);
    sample
}

fn burn_until(done: impl Fn() -> bool) {
    while !done() {
        std::hint::black_box(work::sum(0..1000));
    }
}
