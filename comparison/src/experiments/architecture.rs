//! The four parts of the architecture: who runs what, on which thread, in which process.

use std::collections::BTreeSet;
use std::io;
use std::process;
use std::thread;
use std::time::Duration;

use cluster::client::answers::who_answers;
use cluster::client::cluster::Cluster;
use cluster::schedule::Schedule;
use event_loop::EventLoop;
use event_loop::lessons::threads::callback_threads;
use process_basics::echo::Echo;
use thread_basics::worker::{Port, Worker};
use thread_pool::Pool;
use thread_pool::rendezvous::threads_at_once;
use thread_pool::tasks::{thread_count, thread_id};
use thread_pool::trace::{Task, run_all};
use thread_pool::work::tasks;

use super::{Plan, Samples, Stop};
use crate::bench::{Bench, count, time};

pub(super) fn callbacks(plan: &Plan) -> Result<Samples, Stop> {
    let names = ["kinds of callback", "threads that ran them", "threads of the process during network callbacks"];
    count(plan, plan.rounds(5, 20), names, || {
        let seen = callback_threads()?;
        let threads: BTreeSet<i32> = seen.iter().map(|seen| seen.thread).collect();
        let network = seen.iter().filter(|seen| ["connection", "data"].contains(&seen.kind));
        Ok([seen.len(), threads.len(), network.map(|seen| seen.threads).max().unwrap_or(0)])
    })
}

const WAITS: usize = 10;
const WAIT: Duration = Duration::from_millis(5);

pub(super) fn waits(plan: &Plan) -> Result<Samples, Stop> {
    let mut bench = Bench::new(plan, "ns");
    bench.arm("ten waits on one loop", || time(waits_on_a_loop));
    bench.arm("control: ten waits on one loop, again", || time(waits_on_a_loop));
    bench.arm("ten waits one after another", || {
        time(|| {
            (0..WAITS).for_each(|_| thread::sleep(WAIT));
            Ok(())
        })
    });
    bench.pair("control: ten waits on one loop, again", "ten waits on one loop");
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

pub(super) fn pool(plan: &Plan) -> Result<Samples, Stop> {
    let names = [
        "threads added by a pool without a job",
        "threads added by its first job",
        "threads that ran jobs at once",
        "kinds of work (file, DNS, crypto) done on pool threads",
    ];
    count(plan, plan.rounds(5, 20), names, || {
        let before = thread_count()?;
        let pool = Pool::new(SIZE);
        let made = thread_count()? - before;
        run_all(&pool, vec![Box::new(|| ()) as Task<()>])?;
        let started = thread_count()? - before;
        // Who do not meet do not run at once.
        let at_once = threads_at_once(&pool, SIZE, PATIENCE).unwrap_or_else(|_| vec![thread_id()]);
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

pub(super) fn workers(plan: &Plan) -> Result<Samples, Stop> {
    let names = [
        "threads without a worker",
        "threads with two workers",
        "thread ids that two workers and their starter have",
        "process ids that they have",
    ];
    count(plan, plan.rounds(5, 20), names, || {
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

pub(super) fn processes(plan: &Plan) -> Result<Samples, Stop> {
    let names = ["process ids of two children and their parent", "processes that answered on one port"];
    count(plan, plan.rounds(3, 10), names, || {
        let (one, other) = (Echo::start(&plan.program, 1)?, Echo::start(&plan.program, 1)?);
        let pids = BTreeSet::from([process::id(), one.pid(), other.pid()]);
        let cluster = Cluster::start(&plan.program, 2, Schedule::RoundRobin)?;
        let answered = who_answers(cluster.address(), 20)?;
        cluster.stop()?;
        Ok([pids.len(), answered.len()])
    })
}
