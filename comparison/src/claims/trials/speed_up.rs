//! CPU-bound work: does it get faster on threads?

use std::io;
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::offload::contest;
use crate::measure::bench::{Bench, time};
use crate::measure::placement::Placement::TwoCpus;
use crate::measure::placement::pin;
use crate::measure::plan::{Plan, Samples, Stop};
use crate::measure::work;
use crate::node;

pub(crate) const SERIAL: &str = "thread: one alone";
pub(crate) const THREADS: &str = "thread: one per CPU";
const CONTROL: &str = "control: one thread alone, again";
pub(crate) const NODE_SERIAL: &str = "node thread: main alone";
pub(crate) const NODE_WORKERS: &str = "node thread: Workers, one per CPU";
const NODE_CONTROL: &str = "control: node main alone, again";

/// As many units as processors, decided beforehand: the best of several counts would be chosen by its noise.
pub(crate) fn speed_up(plan: &Plan) -> Result<Samples, Stop> {
    plan.place(TwoCpus)?;
    let steps = work::steps_in(Duration::from_millis(20));
    let expected = work::sum(0..steps);
    let serial = || time(|| work::check(work::sum(0..steps), expected));
    let mut bench = Bench::new(plan, "ns");
    bench.arm(SERIAL, serial);
    bench.arm(CONTROL, serial);
    bench.arm(THREADS, || time(|| work::check(on_threads(steps, &plan.cpus)?, expected)));
    bench.pair(CONTROL, SERIAL);
    bench.pair(SERIAL, THREADS);
    bench.run()
}

/// The work of a few tasks: by the main thread alone, and shared among Workers that were started before.
pub(crate) fn in_node(plan: &Plan) -> Result<Samples, Stop> {
    plan.place(TwoCpus)?;
    let node = contest(plan, &json!({ "tasks": plan.cpus.len(), "ns": 10_000_000 }))?;
    let arms = [(NODE_SERIAL, "inline"), (NODE_CONTROL, "inline"), (NODE_WORKERS, "thread")];
    let arms = arms.map(|(name, by)| (name.to_owned(), json!({ "by": by, "only": "total" })));
    let pairs = [[NODE_CONTROL, NODE_SERIAL], [NODE_SERIAL, NODE_WORKERS]];
    node::take(plan, node, ("ns", &[""]), &arms, &pairs)
}

/// Each thread on a CPU: left to the scheduler, two of them may share one for a while.
fn on_threads(steps: u64, cpus: &[usize]) -> io::Result<u64> {
    thread::scope(|scope| {
        let start = |(part, cpu): (_, &usize)| {
            let cpu = *cpu;
            thread::Builder::new().spawn_scoped(scope, move || pin(0, cpu).map(|()| work::sum(part)))
        };
        let parts = work::parts(steps, cpus.len() as u64);
        let threads: Vec<_> = parts.zip(cpus).map(start).collect::<io::Result<_>>()?;
        let mut sums = threads.into_iter().map(|thread| thread.join().expect("arithmetic does not panic"));
        sums.try_fold(0_u64, |sum, part| Ok(sum.wrapping_add(part?)))
    })
}
