//! A victim that answers requests, and an aggressor that computes: how late is one answer in a hundred?

use std::io;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use nix::unistd::gettid;
use process_basics::fork::fork;
use process_basics::mapping::Mapping;

use super::{Plan, Samples, Stop, work};
use crate::bench::Bench;
use crate::placement::pin;

/// Requests in a sample, each asked as soon as the one before is answered; the second slowest is the 99th percentile.
const REQUESTS: usize = 100;
/// What a request costs the victim.
const REQUEST: Duration = Duration::from_micros(250);
/// What the aggressor does at a time, where it shares the victim's thread: at every 25th request.
const JOB: Duration = Duration::from_millis(5);

/// The victim works on the first CPU. The aggressor burns the same one, or the second.
pub(super) fn isolation(plan: &Plan) -> Result<Samples, Stop> {
    let here = plan.cpus[0];
    pin(0, here)?;
    let (request, job) = (work::steps_in(REQUEST), work::steps_in(JOB));
    let expected = work::sum(0..request);
    let alone = || p99(|_| work::check(work::sum(0..request), expected));
    let interrupted = || {
        p99(|turn| {
            if turn % 25 == 0 {
                std::hint::black_box(work::sum(0..job));
            }
            work::check(work::sum(0..request), expected)
        })
    };
    let mut bench = Bench::new(plan, "ns");
    bench.arm(ALONE, alone);
    bench.arm("control: none, again", alone);
    bench.arm("same thread", interrupted);
    let mut arms = vec!["control: none, again", "same thread"];
    let on = [
        (Some(&here), "thread", "process"),
        (plan.cpus.get(1), "thread, pinned elsewhere", "process, pinned elsewhere"),
    ];
    for (cpu, thread, process) in on {
        let Some(&cpu) = cpu else { continue };
        bench.arm(thread, move || beside_thread(cpu, alone));
        bench.arm(process, move || beside_process(cpu, alone));
        arms.extend([thread, process]);
    }
    bench.pair("thread", "process");
    bench.pair("same thread", "process");
    arms.into_iter().for_each(|arm| bench.pair(arm, ALONE));
    bench.run(plan.rounds(6, 40))
}

const ALONE: &str = "control: none";

/// The 99th percentile of the time between answers, nanoseconds.
fn p99(mut answer: impl FnMut(usize) -> io::Result<()>) -> io::Result<f64> {
    let mut last = Instant::now();
    let mut latencies = Vec::with_capacity(REQUESTS);
    for turn in 0..REQUESTS {
        answer(turn)?;
        let now = Instant::now();
        latencies.push(now - last);
        last = now;
    }
    latencies.sort();
    Ok(latencies[REQUESTS - 2].as_nanos() as f64)
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

fn beside_process(cpu: usize, victim: impl Fn() -> io::Result<f64>) -> io::Result<f64> {
    let up = Mapping::shared(1)?;
    let aggressor = fork(|| {
        if pin(0, cpu).is_ok() {
            up.page(0).store(1, SeqCst);
            burn_until(|| false); // until the parent kills it
        }
        1
    })?;
    while up.page(0).load(SeqCst) == 0 {
        if aggressor.has_ended()? {
            return Err(io::Error::other(format!("the busy process ended, or could not be kept on CPU {cpu}")));
        }
        thread::yield_now();
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
