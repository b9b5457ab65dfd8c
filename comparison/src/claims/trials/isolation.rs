//! A victim that answers requests, and an aggressor that computes: how late is one answer in a hundred?

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::{Duration, Instant};

use process_basics::fork::fork;
use process_basics::mapping::Mapping;
use serde_json::json;

use crate::measure::bench::Bench;
use crate::measure::forked::check_exit_zero;
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
    let cpus = plan.place(placement)?;
    pin(0, cpus.0)?;
    let request = work::steps_in(REQUEST);
    let expected = work::sum(0..request);
    let alone = || p99(|| work::check(work::sum(0..request), expected));
    let mut bench = Bench::new(plan, "ns");
    bench.arm(ALONE, alone);
    bench.arm(CONTROL, alone);
    bench.arm(BESIDE_THREAD, || beside(a_thread, cpus, alone));
    bench.arm(BESIDE_PROCESS, || beside(a_process, cpus, alone));
    bench.pair(CONTROL, ALONE);
    bench.pair(BESIDE_THREAD, BESIDE_PROCESS);
    bench.run()
}

/// Node's main thread is the victim. All its threads and children are kept on its CPU.
pub(crate) fn in_node(plan: &Plan) -> Result<Samples, Stop> {
    pin(0, plan.cpus[0])?; // inherited
    let mut node = Node::start(&plan.program, include_str!("../../node/isolation.js"))?;
    node.ask::<u8>(&json!({ "prepare": true }))?;
    let arms = [
        (NODE_ALONE, json!({ "beside": "nobody" })),
        (NODE_CONTROL, json!({ "beside": "nobody" })),
        (NODE_BESIDE_WORKER, json!({ "beside": "thread" })),
        (NODE_BESIDE_CHILD, json!({ "beside": "process" })),
    ];
    let pairs = [[NODE_CONTROL, NODE_ALONE], [NODE_BESIDE_WORKER, NODE_BESIDE_CHILD]];
    node::take(plan, node, &[""], &arms, &pairs)
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

/// The victim on one CPU, beside an aggressor that stays on the CPU on which it was started. The aggressor burns until the
/// first page says stop, and counts on the second; it returns what waits for its end.
fn beside<Wait: FnOnce() -> io::Result<()>>(
    aggressor: fn(Arc<Mapping>) -> io::Result<Wait>,
    (here, there): (usize, usize),
    victim: impl Fn() -> io::Result<f64>,
) -> io::Result<f64> {
    let signs = Arc::new(Mapping::shared(2)?);
    pin(0, there)?;
    let wait = aggressor(Arc::clone(&signs))?;
    pin(0, here)?;
    let sample = victim();
    signs.page(0).store(1, Relaxed);
    wait()?;
    if signs.page(1).load(Relaxed) == 0 { Err(io::Error::other("the aggressor did not burn")) } else { sample }
}

fn a_thread(signs: Arc<Mapping>) -> io::Result<impl FnOnce() -> io::Result<()>> {
    let thread = thread::Builder::new().spawn(move || burn(&signs))?;
    Ok(|| thread.join().map_err(|_| io::Error::other("the busy thread panicked")))
}

fn a_process(signs: Arc<Mapping>) -> io::Result<impl FnOnce() -> io::Result<()>> {
    let child = fork(|| {
        burn(&signs);
        0
    })?;
    Ok(|| check_exit_zero(child.wait()?))
}

fn burn(signs: &Mapping) {
    while signs.page(0).load(Relaxed) == 0 {
        std::hint::black_box(work::sum(0..1000));
        signs.page(1).fetch_add(1, Relaxed);
    }
}
