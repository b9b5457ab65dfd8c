//! Ways to have a loop's jobs done: by the loop itself, by a thread for each, a process for each, a pool of four.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

use event_loop::{EventLoop, Waker};
use thread_pool::rendezvous::threads_at_once;
use thread_pool::{Executor, Pool};

use crate::measure::forked::ForkedTask;

/// A job. Its result and those of the others add up.
pub(super) type Job = Box<dyn Fn() -> io::Result<u64> + Send + Sync>;

/// Jobs to be done side by side.
pub(super) type Jobs = Arc<[Job]>;

/// What it cost a loop to have its jobs done.
pub(super) struct Cost {
    /// From handing the jobs over until the last result was back in the loop.
    pub(super) total: Duration,
    /// The longest that a callback of the loop came late, or would have, since the loop was busy handing the jobs over.
    pub(super) delay: Duration,
    /// The sum of the jobs' results.
    pub(super) result: u64,
}

/// A way to have jobs done.
pub(super) struct Candidate {
    pub(super) name: &'static str,
    /// Has the jobs done, each with a report, and returns what is to be waited for at the end.
    begin: fn(&Jobs, &ResultSender, &Pool) -> io::Result<Finish>,
}

type Finish = Box<dyn FnOnce()>;

pub(super) const ALL: [Candidate; 5] = [
    Candidate { name: INLINE, begin: inline },
    Candidate { name: THREAD, begin: a_thread_each },
    Candidate { name: PROCESS, begin: a_process_each },
    Candidate { name: POOL, begin: pool },
    Candidate { name: CONTROL, begin: inline },
];

pub(crate) const INLINE: &str = "thread: the loop's own, inline";
pub(crate) const THREAD: &str = "thread: one per task";
pub(crate) const PROCESS: &str = "process: one per task";
pub(crate) const POOL: &str = "thread: pool of 4";
pub(crate) const CONTROL: &str = "control: inline, again";

const POOL_SIZE: usize = 4;

/// Where results are reported, from any thread.
#[derive(Clone)]
struct ResultSender {
    results: Sender<io::Result<u64>>,
    waker: Waker,
}

impl ResultSender {
    fn report(&self, result: io::Result<u64>) {
        let _ = self.results.send(result); // an error: the loop has given up
        self.waker.wake();
    }
}

/// How long a candidate may take.
const LIMIT: Duration = Duration::from_secs(20);

impl Candidate {
    /// Has a loop, which a timer watches, get `jobs` done.
    pub(super) fn run(&self, jobs: &Jobs) -> io::Result<Cost> {
        let mut ev = EventLoop::new()?;
        let (results, inbox) = mpsc::channel();
        let (all, done) = (jobs.len(), Rc::new(RefCell::new(Vec::new())));
        let collected = Rc::clone(&done);
        let waker = Waker::new(&mut ev, move |ev| {
            collected.borrow_mut().extend(inbox.try_iter());
            if collected.borrow().len() == all {
                ev.stop();
            }
        })?;
        let pool = Pool::new(POOL_SIZE);
        if self.name == POOL {
            threads_at_once(&pool, POOL_SIZE, LIMIT)?; // they are there before the clock starts, as in a server that runs
        }
        let delay = ev.monitor_delay(Duration::from_millis(1));
        let start = Instant::now();
        let finish = (self.begin)(jobs, &ResultSender { results, waker }, &pool)?;
        let held = start.elapsed();
        let ran = ev.run_within(LIMIT);
        let total = start.elapsed();
        finish();
        ran?;
        let sum = |sum: u64, result: io::Result<u64>| io::Result::Ok(sum.wrapping_add(result?));
        let result = done.take().into_iter().try_fold(0, sum)?;
        // The timer counts whole milliseconds, and may not come at all in a short run.
        Ok(Cost { total, delay: delay.get().max(held), result })
    }
}

fn inline(jobs: &Jobs, sender: &ResultSender, _: &Pool) -> io::Result<Finish> {
    jobs.iter().for_each(|job| sender.report(job()));
    Ok(Box::new(|| ()))
}

fn a_thread_each(jobs: &Jobs, sender: &ResultSender, _: &Pool) -> io::Result<Finish> {
    let start = |job: usize| {
        let (jobs, sender) = (Arc::clone(jobs), sender.clone());
        thread::Builder::new().spawn(move || sender.report(jobs[job]()))
    };
    let threads: Vec<_> = (0..jobs.len()).map(start).collect::<io::Result<_>>()?;
    Ok(Box::new(|| {
        for thread in threads {
            let _ = thread.join(); // a panic was told by a report that is missing
        }
    }))
}

/// A forked child has its job done. A thread, started when all are forked, waits for them and reports.
fn a_process_each(jobs: &Jobs, sender: &ResultSender, _: &Pool) -> io::Result<Finish> {
    let children: Vec<_> = jobs.iter().map(ForkedTask::start).collect::<io::Result<_>>()?;
    let sender = sender.clone();
    let waiter =
        thread::Builder::new().spawn(move || children.into_iter().for_each(|child| sender.report(child.number())))?;
    Ok(Box::new(|| {
        let _ = waiter.join();
    }))
}

fn pool(jobs: &Jobs, sender: &ResultSender, pool: &Pool) -> io::Result<Finish> {
    for job in 0..jobs.len() {
        let (jobs, sender) = (Arc::clone(jobs), sender.clone());
        pool.execute(Box::new(move || sender.report(jobs[job]())))?;
    }
    Ok(Box::new(|| ()))
}
