//! The four parts of the architecture: who runs what, on which thread, in which process.

use std::collections::BTreeSet;
use std::io;
use std::process;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use cluster::client::cluster::Cluster;
use cluster::lessons::who_answers::who_answers;
use cluster::schedule::Schedule;
use event_loop::EventLoop;
use event_loop::lessons::echo::callback_threads;
use process_basics::message::{GREETER, Greeter};
use serde_json::json;
use thread_basics::worker::{Port, Worker};
use thread_pool::rendezvous::threads_at_once;
use thread_pool::tasks::{thread_count, thread_id};
use thread_pool::work::tasks;
use thread_pool::{Executor, Pool};

use crate::measure::bench::{Bench, time};
use crate::measure::plan::{Plan, Samples, Stop};
use crate::node::{self, Node};

/// So many trials in each process.
const TRIALS: usize = 7;

/// Takes several counts at once: an arm for each of the names.
fn count<const N: usize>(
    plan: &Plan,
    trials: usize,
    names: &'static [&'static str; N],
    mut take: impl FnMut() -> io::Result<[usize; N]>,
) -> Result<Samples, Stop> {
    let mut bench = Bench::of(plan, "count", names);
    bench.arm_of("", || Ok(take()?.map(|count| count as f64).to_vec()));
    bench.rounds(trials, trials)
}

pub(crate) const KINDS: &str = "thread: kinds of callback";
pub(crate) const THREADS: &str = "thread: threads that ran them";
pub(crate) const NETWORK: &str = "thread: threads added by network callbacks";
pub(crate) const LOOP: &str = "thread: ten waits on one loop";
pub(crate) const IN_TURN: &str = "thread: ten waits one after another";
const LOOP_AGAIN: &str = "control: ten waits on one loop, again";
pub(crate) const AT_ONCE: &str = "thread: pool threads that ran jobs at once";
pub(crate) const KINDS_OF_WORK: &str = "thread: kinds of work done on pool threads";
pub(crate) const ADDED: &str = "thread: threads added by two workers";
pub(crate) const THREAD_IDS: &str = "thread: thread ids of two workers and their starter";
pub(crate) const PROCESS_IDS: &str = "thread: process ids of two workers and their starter";
pub(crate) const FAMILY: &str = "process: process ids of two children and their parent";
pub(crate) const ANSWERED: &str = "process: processes that answered on one port";

/// Before the name of such an arm of Node.js.
pub(crate) const NODE: &str = "node ";

pub(crate) fn in_node(plan: &Plan) -> Result<Samples, Stop> {
    let names = [KINDS, THREADS, NETWORK, AT_ONCE, KINDS_OF_WORK, ADDED, THREAD_IDS, PROCESS_IDS, FAMILY];
    let names = names.map(|name| format!("{NODE}{name}"));
    node::count(plan, include_str!("../../node/architecture.js"), &json!({}), &names)
}

pub(crate) fn waits_in_node(plan: &Plan) -> Result<Samples, Stop> {
    let node = Node::start(&plan.program, include_str!("../../node/waits.js"))?;
    let [at_once, in_turn] = [LOOP, IN_TURN].map(|name| format!("{NODE}{name}"));
    let again = "control: node ten waits on one loop, again".to_owned();
    let arms = [(&at_once, true), (&in_turn, false), (&again, true)];
    let arms = arms.map(|(name, at_once)| (name, json!({ "atOnce": at_once })));
    node::take(plan, node, &[""], &arms, &[[&in_turn, &at_once], [&again, &at_once]])
}

pub(crate) fn processes_in_node(plan: &Plan) -> Result<Samples, Stop> {
    let question = json!({ "workers": 2, "connections": 20 });
    node::count(plan, include_str!("../../node/cluster.js"), &question, &[format!("{NODE}{ANSWERED}")])
}

/// Waits until this process has one thread: those of the trial before have left the kernel.
fn alone() -> io::Result<usize> {
    process_basics::fork::becomes_single_threaded()?;
    thread_count()
}

pub(crate) fn callbacks(plan: &Plan) -> Result<Samples, Stop> {
    count(plan, TRIALS, &[KINDS, THREADS, NETWORK], || {
        let before = alone()?;
        let seen = callback_threads(2)?;
        let kinds: BTreeSet<&str> = seen.iter().map(|seen| seen.kind).collect();
        let threads: BTreeSet<i32> = seen.iter().map(|seen| seen.thread).collect();
        let network = seen.iter().filter(|seen| ["connection", "data"].contains(&seen.kind));
        let most = network.map(|seen| seen.threads).max().unwrap_or(0);
        Ok([kinds.len(), threads.len(), most.saturating_sub(before)])
    })
}

const WAITS: usize = 10;
const WAIT: Duration = Duration::from_millis(5);

pub(crate) fn waits(plan: &Plan) -> Result<Samples, Stop> {
    let mut bench = Bench::new(plan, "ns");
    bench.arm(LOOP, || time(waits_on_a_loop));
    bench.arm(LOOP_AGAIN, || time(waits_on_a_loop));
    bench.arm(IN_TURN, || {
        time(|| {
            (0..WAITS).for_each(|_| thread::sleep(WAIT));
            Ok(())
        })
    });
    bench.pair(LOOP_AGAIN, LOOP);
    bench.pair(IN_TURN, LOOP);
    bench.run()
}

fn waits_on_a_loop() -> io::Result<bool> {
    let mut ev = EventLoop::new()?;
    for _ in 0..WAITS {
        ev.set_timeout(WAIT, |_| ());
    }
    ev.run()
}

const SIZE: usize = 4;
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) fn pool(plan: &Plan) -> Result<Samples, Stop> {
    count(plan, TRIALS, &[AT_ONCE, KINDS_OF_WORK], || {
        let pool = Pool::new(SIZE);
        // Jobs that do not meet do not run at once.
        let at_once = threads_at_once(&pool, SIZE, PATIENCE).unwrap_or_else(|_| vec![thread_id()]);
        let (done_tx, done_rx) = channel();
        for (kind, task) in tasks(0) {
            let done_tx = done_tx.clone();
            pool.execute(Box::new(move || _ = done_tx.send((kind, task(), thread_id()))))?;
        }
        drop(done_tx); // the jobs have the others: the list below ends when the last job has
        let mut done = BTreeSet::new();
        for (kind, result, ran_on) in done_rx {
            result?;
            if pool.thread_ids().contains(&ran_on) && ran_on != thread_id() {
                done.insert(kind);
            }
        }
        let at_once: BTreeSet<i32> = at_once.into_iter().collect();
        Ok([at_once.len(), done.len()])
    })
}

pub(crate) fn workers(plan: &Plan) -> Result<Samples, Stop> {
    count(plan, TRIALS, &[ADDED, THREAD_IDS, PROCESS_IDS], || {
        let without = alone()?;
        let start = || {
            Worker::start("worker", (), |(), port: Port<(), (i32, u32)>| {
                port.post((thread_id(), process::id()));
                port.receive(); // until its starter has counted
            })
        };
        let workers = [start()?, start()?];
        let mut ids = (BTreeSet::from([thread_id()]), BTreeSet::from([process::id()]));
        for worker in &workers {
            let (tid, pid) = worker.receive().ok_or_else(|| io::Error::other("a worker ended early"))?;
            ids.0.insert(tid);
            ids.1.insert(pid);
        }
        let with = thread_count()?;
        for worker in workers {
            worker.join().map_err(|panicked| io::Error::other(panicked.0))?;
        }
        Ok([with.saturating_sub(without), ids.0.len(), ids.1.len()])
    })
}

pub(crate) fn processes(plan: &Plan) -> Result<Samples, Stop> {
    count(plan, 2, &[FAMILY, ANSWERED], || {
        let greeter = || Greeter::start(&plan.program, GREETER);
        let (one, other) = (greeter()?, greeter()?);
        let pids = BTreeSet::from([process::id(), one.pid(), other.pid()]);
        let cluster = Cluster::start(&plan.program, 2, Schedule::RoundRobin)?;
        let answered = who_answers(cluster.address(), 20)?;
        drop(cluster);
        Ok([pids.len(), answered.len()])
    })
}
