//! A victim that answers requests, and an aggressor that computes: how late is one answer in a hundred?

use std::io;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use nix::unistd::gettid;
use process_basics::fork::fork;
use process_basics::mapping::Mapping;
use serde_json::json;

use crate::measure::bench::Bench;
use crate::measure::placement::{Placement, pin};
use crate::measure::plan::{Plan, Samples, Stop};
use crate::measure::work;
use crate::node::{self, Node};

/// Requests in a sample, each asked as soon as the one before is answered; the second slowest is the 99th percentile.
const REQUESTS: usize = 100;
/// What a request costs the victim.
const REQUEST: Duration = Duration::from_micros(150);

pub(crate) const ALONE: &str = "thread: victim alone";
const CONTROL: &str = "control: victim alone, again";
pub(crate) const BESIDE_THREAD: &str = "thread: beside a busy thread";
pub(crate) const BESIDE_PROCESS: &str = "process: beside a busy process";
pub(crate) const NODE_ALONE: &str = "node thread: main alone";
const NODE_CONTROL: &str = "control: node main alone, again";
pub(crate) const NODE_BESIDE_WORKER: &str = "node thread: beside a busy Worker";
pub(crate) const NODE_BESIDE_CHILD: &str = "node process: beside a busy child";

/// The victim works on one CPU. The aggressor burns the same one, or another.
pub(crate) fn isolation(plan: &Plan, placement: Placement) -> Result<Samples, Stop> {
    let (here, there) = plan.place(placement)?;
    pin(0, here)?;
    let request = work::steps_in(REQUEST);
    let expected = work::sum(0..request);
    let alone = || p99(|| work::check(work::sum(0..request), expected));
    let mut bench = Bench::new(plan, "ns");
    bench.arm(ALONE, alone);
    bench.arm(CONTROL, alone);
    bench.arm(BESIDE_THREAD, || beside_thread(there, alone));
    bench.arm(BESIDE_PROCESS, || beside_process(there, alone));
    bench.pair(CONTROL, ALONE);
    bench.pair(BESIDE_THREAD, BESIDE_PROCESS);
    bench.pair(BESIDE_THREAD, ALONE);
    bench.pair(BESIDE_PROCESS, ALONE);
    bench.run()
}

/// Node's main thread is the victim. All its threads and children are kept on its CPU.
pub(crate) fn in_node(plan: &Plan) -> Result<Samples, Stop> {
    pin(0, plan.cpus[0])?; // inherited
    let mut node = Node::start(&plan.program, include_str!("../../node/isolation.js"))?;
    node.ask::<u8>(&json!({ "prepare": true }))?;
    let arms = [
        (NODE_ALONE, "nobody"),
        (NODE_CONTROL, "nobody"),
        (NODE_BESIDE_WORKER, "thread"),
        (NODE_BESIDE_CHILD, "process"),
    ];
    let arms = arms.map(|(name, beside)| (name.to_owned(), json!({ "beside": beside })));
    let pairs = [
        [NODE_CONTROL, NODE_ALONE],
        [NODE_BESIDE_WORKER, NODE_BESIDE_CHILD],
        [NODE_BESIDE_WORKER, NODE_ALONE],
        [NODE_BESIDE_CHILD, NODE_ALONE],
    ];
    node::take(plan, node, ("ns", &[""]), &arms, &pairs)
}

/// The 99th percentile of the time between answers, nanoseconds.
fn p99(mut answer: impl FnMut() -> io::Result<()>) -> io::Result<f64> {
    let mut last = Instant::now();
    let mut latencies = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        answer()?;
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
