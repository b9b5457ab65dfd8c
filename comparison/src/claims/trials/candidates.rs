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
use crate::measure::work;

/// A job. Its result and those of the others add up.
pub(super) type Job = Arc<dyn Fn() -> io::Result<u64> + Send + Sync>;

pub(crate) const INLINE: &str = "thread: the loop's own, inline";
pub(crate) const THREAD: &str = "thread: one per task";
pub(crate) const PROCESS: &str = "process: one per task";
pub(crate) const POOL: &str = "thread: pool of 4";
pub(crate) const CONTROL: &str = "control: inline, again";

const POOL_SIZE: usize = 4;

/// How long a way may take.
const LIMIT: Duration = Duration::from_secs(20);

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

/// Has a loop, which a timer watches, get `jobs` done in that way; their results have to add up to `expected`. How long it
/// took from handing them over until the last result was back in the loop; and the longest that a callback of the loop
/// came late, or would have, since the loop was busy handing the jobs over.
pub(super) fn run(way: &str, jobs: &[Job], expected: u64) -> io::Result<[Duration; 2]> {
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
    if way == POOL {
        threads_at_once(&pool, POOL_SIZE, LIMIT)?; // they are there before the clock starts, as in a server that runs
    }
    let delay = ev.monitor_delay(Duration::from_millis(1));
    let start = Instant::now();
    begin(way, jobs, &ResultSender { results, waker }, &pool)?;
    let held = start.elapsed();
    ev.run_within(LIMIT)?;
    let total = start.elapsed();
    let sum = |sum: u64, result: io::Result<u64>| io::Result::Ok(sum.wrapping_add(result?));
    work::check(done.take().into_iter().try_fold(0, sum)?, expected)?;
    // The timer counts whole milliseconds, and may not come at all in a short run.
    Ok([total, delay.get().max(held)])
}

/// Has the jobs begun; each reports its result when it is done. A thread ends by itself after its report.
fn begin(way: &str, jobs: &[Job], sender: &ResultSender, pool: &Pool) -> io::Result<()> {
    if way == PROCESS {
        return begin_processes(jobs, sender.clone());
    }
    for job in jobs {
        let (job, sender) = (Arc::clone(job), sender.clone());
        let run = move || sender.report(job());
        match way {
            THREAD => drop(thread::Builder::new().spawn(run)?),
            POOL => pool.execute(Box::new(run))?,
            _ => run(),
        }
    }
    Ok(())
}

/// A forked child has each job done. A thread, started when all are forked, waits for them and reports.
fn begin_processes(jobs: &[Job], sender: ResultSender) -> io::Result<()> {
    let children: Vec<_> = jobs.iter().map(|job| ForkedTask::start(|| job())).collect::<io::Result<_>>()?;
    let wait = move || children.into_iter().for_each(|child| sender.report(child.number()));
    thread::Builder::new().spawn(wait).map(drop)
}
