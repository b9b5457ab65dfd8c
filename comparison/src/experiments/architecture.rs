//! The four parts of the architecture: who runs what, on which thread, in which process.

use std::collections::BTreeSet;
use std::io;
use std::process;
use std::thread;
use std::time::Duration;

use cluster::answers::who_answers;
use cluster::handle::Cluster;
use cluster::schedule::Schedule;
use event_loop::EventLoop;
use event_loop::threads::callback_threads;
use process_basics::echo::Echo;
use serde_json::json;
use thread_basics::worker::{Port, Worker};
use thread_pool::Pool;
use thread_pool::rendezvous::threads_at_once;
use thread_pool::tasks::{thread_count, thread_id};
use thread_pool::timeline::{self, Span};
use thread_pool::trace::run_all;
use thread_pool::work::tasks;

use super::{Outcome, Plan, Spec};
use crate::bench::{Bench, time};
use crate::node::Node;
use crate::report::{Arm, Boundary};
use crate::stats;

pub(super) const SPECS: &[Spec] = &[
    Spec {
        id: "architecture.callbacks",
        about: "which threads run a loop's callbacks?",
        takes: [0.1, 0.1],
        deadline: 30,
        run: callbacks,
    },
    Spec {
        id: "architecture.waits",
        about: "ten waits: on a loop, and one after another",
        takes: [0.4, 2.0],
        deadline: 30,
        run: waits,
    },
    Spec {
        id: "architecture.pool",
        about: "which threads run files, lookups, crypto?",
        takes: [0.1, 0.1],
        deadline: 30,
        run: pool,
    },
    Spec {
        id: "architecture.pool_steps",
        about: "ten sleeping jobs on a pool of four: when?",
        takes: [0.3, 1.2],
        deadline: 30,
        run: pool_steps,
    },
    Spec {
        id: "architecture.workers",
        about: "how many threads do workers add?",
        takes: [0.1, 0.1],
        deadline: 30,
        run: workers,
    },
    Spec {
        id: "architecture.processes",
        about: "how many processes serve one port?",
        takes: [0.1, 0.1],
        deadline: 60,
        run: processes,
    },
];

/// Counts, taken `trials` times: an arm for each name.
fn counts<const N: usize>(
    trials: usize,
    arms: [(&str, Boundary); N],
    count: impl Fn() -> io::Result<[usize; N]>,
) -> io::Result<Outcome> {
    let trials: Vec<[usize; N]> = (0..trials).map(|_| count()).collect::<io::Result<_>>()?;
    let arm = |(n, (name, boundary)): (usize, (&str, Boundary))| -> Arm {
        stats::arm(name, boundary, "count", trials.iter().map(|counts| counts[n] as f64).collect())
    };
    Ok(Outcome::counted(arms.into_iter().enumerate().map(arm).collect()))
}

fn callbacks(plan: &Plan) -> io::Result<Outcome> {
    let arms = [
        ("kinds of callback", Boundary::None),
        ("threads that ran them", Boundary::None),
        ("threads of the process during network callbacks", Boundary::None),
    ];
    counts(plan.rounds(5, 20), arms, || {
        let seen = callback_threads()?;
        let threads: BTreeSet<i32> = seen.iter().map(|seen| seen.thread).collect();
        let network = seen.iter().filter(|seen| ["connection", "data"].contains(&seen.kind));
        Ok([seen.len(), threads.len(), network.map(|seen| seen.threads).max().unwrap_or(0)])
    })
}

const WAITS: usize = 10;
const WAIT: Duration = Duration::from_millis(5);

fn waits(plan: &Plan) -> io::Result<Outcome> {
    let mut bench = Bench::new(plan, "ns");
    bench.arm("ten waits on one loop", Boundary::None, || time(waits_on_a_loop));
    bench.arm("control: ten waits on one loop, again", Boundary::None, || time(waits_on_a_loop));
    bench.pair("control: ten waits on one loop, again", "ten waits on one loop");
    bench.arm("ten waits one after another", Boundary::None, || {
        time(|| {
            (0..WAITS).for_each(|_| thread::sleep(WAIT));
            Ok(())
        })
    });
    bench.pair("ten waits one after another", "ten waits on one loop");
    bench.run(plan.rounds(5, 30))
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

fn pool(plan: &Plan) -> io::Result<Outcome> {
    let arms = [
        ("threads added by a pool without a job", Boundary::Thread),
        ("threads added by its first job", Boundary::Thread),
        ("threads that ran jobs at once", Boundary::Thread),
        ("kinds of work (file, DNS, crypto) done on pool threads", Boundary::Thread),
    ];
    counts(plan.rounds(5, 20), arms, || {
        let before = thread_count()?;
        let pool = Pool::new(SIZE);
        let made = thread_count()? - before;
        let at_once = threads_at_once(&pool, SIZE, PATIENCE)?;
        let started = thread_count()? - before;
        let (kinds, jobs): (Vec<_>, Vec<_>) = tasks(0).into_iter().unzip();
        let mut done = BTreeSet::new();
        for (kind, outcome) in kinds.into_iter().zip(run_all(&pool, jobs)?) {
            let traced = outcome.map_err(io::Error::other)?;
            traced.value?;
            if pool.thread_ids().contains(&traced.ran_on) && traced.ran_on != thread_id() {
                done.insert(kind);
            }
        }
        let at_once: BTreeSet<i32> = at_once.into_iter().collect();
        Ok([made, started, at_once.len(), done.len()])
    })
}

const SLEEPERS: usize = 10;
const NAP: Duration = Duration::from_millis(20);

/// When each of ten sleeping jobs ran, and on which thread. In Node.js, where a job cannot be asked: how many that wait
/// hold up the next.
fn pool_steps(plan: &Plan) -> io::Result<Outcome> {
    let pool = Pool::new(SIZE);
    pool.start()?;
    if let Some(shortage) = pool.shortage() {
        return Err(io::Error::other(shortage.to_string())); // fewer threads take more steps
    }
    let spans = timeline::of_sleepers(&pool, SLEEPERS, SIZE, NAP)?;
    let threads: BTreeSet<i32> = spans.iter().map(|span| span.ran_on).collect();
    let number = |thread| threads.iter().position(|&other| other == thread).unwrap_or(0);
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let arm = |name, unit, of: &dyn Fn(&Span) -> f64| {
        stats::arm(name, Boundary::Thread, unit, spans.iter().map(of).collect())
    };
    let mut arms = vec![
        arm("start", "ms", &|span| ms(span.start)),
        arm("end", "ms", &|span| ms(span.end)),
        arm("thread", "number", &|span| number(span.ran_on) as f64),
        stats::arm("steps", Boundary::Thread, "count", vec![timeline::steps(&spans) as f64]),
    ];
    let at_once = plan.node.then(|| (0..plan.rounds(1, 5)).map(|_| node_at_once(plan)).collect::<io::Result<_>>());
    let left_out = match at_once {
        Some(Ok(at_once)) => {
            arms.push(stats::arm("node: jobs that hold up the next", Boundary::Thread, "count", at_once));
            None
        }
        Some(Err(error)) => Some(format!("without Node.js: {error}")),
        None => None,
    };
    Ok(Outcome::counted(arms).without(left_out))
}

fn node_at_once(plan: &Plan) -> io::Result<f64> {
    let (pipe, _) = io::pipe()?;
    let mut node = Node::start_with(&plan.program, include_str!("../node/pool_steps.js"), pipe.into())?;
    node.ask(&json!({ "patience": 100, "most": 64 }))
}

fn workers(plan: &Plan) -> io::Result<Outcome> {
    let arms = [
        ("threads without a worker", Boundary::Thread),
        ("threads with two workers", Boundary::Thread),
        ("thread ids that two workers and their starter have", Boundary::Thread),
        ("process ids that they have", Boundary::Thread),
    ];
    counts(plan.rounds(5, 20), arms, || {
        let without = thread_count()?;
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
        let gone: Vec<i32> = ids.0.iter().copied().filter(|&tid| tid != thread_id()).collect();
        thread_pool::tasks::wait_until_gone(&gone, PATIENCE); // the next trial counts from the same
        Ok([without, with, ids.0.len(), ids.1.len()])
    })
}

fn processes(plan: &Plan) -> io::Result<Outcome> {
    let arms = [
        ("process ids of two children and their parent", Boundary::Process),
        ("processes that answered on one port", Boundary::Process),
    ];
    counts(plan.rounds(3, 10), arms, || {
        let (one, other) = (Echo::start(&plan.program, 1)?, Echo::start(&plan.program, 1)?);
        let pids = BTreeSet::from([process::id(), one.pid(), other.pid()]);
        let cluster = Cluster::start(&plan.program, 2, Schedule::RoundRobin)?;
        let answered = who_answers(cluster.address(), 20)?;
        cluster.stop()?;
        Ok([pids.len(), answered.len()])
    })
}
