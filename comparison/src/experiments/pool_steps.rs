//! More jobs that wait than the pool has threads: when does each of them run?

use std::collections::BTreeSet;
use std::io;
use std::thread;
use std::time::Duration;

use serde_json::json;
use thread_pool::trace::{Task, Traced, run_all};

use super::pools::started;
use super::{Plan, Samples, Stop};
use crate::bench::count;
use crate::node::Node;

const THREADS: usize = 4;
const SLEEPERS: usize = 10;
const NAP: Duration = Duration::from_millis(20);

/// When each of ten sleeping jobs ran, and on which thread. In Node.js, where a job cannot be asked: how many that wait
/// hold up the next.
pub(super) fn pool_steps(plan: &Plan) -> Result<Samples, Stop> {
    let pool = started(THREADS)?; // fewer would take more steps
    let sleepers = (0..SLEEPERS).map(|_| Box::new(|| thread::sleep(NAP)) as Task<()>);
    let outcomes = run_all(&pool, sleepers.collect())?;
    let spans = outcomes.into_iter().collect::<Result<Vec<_>, _>>().map_err(io::Error::other)?;
    let steps = spans.iter().map(|span| spans.iter().filter(|other| other.ran_on == span.ran_on).count()).max();
    let threads: BTreeSet<i32> = spans.iter().map(|span| span.ran_on).collect();
    let number = |span: &Traced<()>| threads.iter().position(|&thread| thread == span.ran_on).unwrap_or(0);
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let mut samples = Samples::default();
    samples.arm("start", "ms", spans.iter().map(|span| ms(span.start)).collect());
    samples.arm("end", "ms", spans.iter().map(|span| ms(span.end)).collect());
    samples.arm("thread", "number", spans.iter().map(|span| number(span) as f64).collect());
    samples.arm("steps", "count", vec![steps.unwrap_or(0) as f64]);
    Ok(samples.with_node(plan, || {
        count(plan, plan.rounds(1, 5), ["node: jobs that hold up the next"], || Ok([held_up_in_node(plan)?]))
    }))
}

fn held_up_in_node(plan: &Plan) -> io::Result<usize> {
    let (pipe, _) = io::pipe()?;
    let mut node = Node::start_with(&plan.program, include_str!("../node/pool_steps.js"), pipe.into())?;
    node.ask(&json!({ "patience": 100, "most": 64 }))
}
