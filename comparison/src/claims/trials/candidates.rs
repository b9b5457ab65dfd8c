//! Who can do a loop's jobs: the loop itself, a thread for each, a process for each, a pool of four.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
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
    /// From the callback that began until the last result was back in the loop.
    pub(super) total: Duration,
    /// The longest that a callback of the loop came late, or would have, since the loop was busy handing the jobs over.
    pub(super) delay: Duration,
    /// The sum of the jobs' results.
    pub(super) result: u64,
}

/// A way to have jobs done.
pub(super) struct Candidate {
    pub(super) name: &'static str,
    /// Called back by the loop; has the jobs done, each with a report, and returns what is to be waited for at the end.
    begin: fn(&Jobs, &ResultSender, &Pool) -> io::Result<Finish>,
    /// Whether the pool's threads are there before the clock starts, as in a server that runs.
    warm: bool,
}

type Finish = Box<dyn FnOnce()>;

pub(super) const STRATEGIES: [Candidate; 5] = [
    Candidate { name: INLINE, begin: inline, warm: false },
    Candidate { name: THREAD, begin: a_thread_each, warm: false },
    Candidate { name: PROCESS, begin: a_process_each, warm: false },
    Candidate { name: POOL, begin: pool, warm: true },
    Candidate { name: CONTROL, begin: inline, warm: false },
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

/// What the loop knows of its jobs.
#[derive(Default)]
struct Progress {
    began: Option<Instant>,
    /// How long the callback that handed the jobs over, or did them, held the loop up.
    held: Duration,
    finish: Option<Finish>,
    results: Vec<io::Result<u64>>,
    ended: Option<Instant>,
}

/// How long a candidate may take.
const LIMIT: Duration = Duration::from_secs(20);

impl Candidate {
    /// Has a loop, which a timer watches, get `jobs` done.
    pub(super) fn run(&self, jobs: &Jobs) -> io::Result<Cost> {
        let mut ev = EventLoop::new()?;
        let (results, inbox) = mpsc::channel();
        let progress = Rc::new(RefCell::new(Progress::default()));
        let waker = Waker::new(&mut ev, collect(inbox, jobs.len(), &progress))?;
        let pool = Rc::new(if self.warm { started(POOL_SIZE)? } else { Pool::new(POOL_SIZE) });
        if self.warm {
            threads_at_once(&*pool, POOL_SIZE, LIMIT)?;
        }
        let delay = ev.monitor_delay(Duration::from_millis(1));
        ev.set_immediate(self.hand_over(jobs, ResultSender { results, waker }, &pool, &progress));
        let ran = ev.run_within(LIMIT);

        let Progress { began, held, finish, results, ended } = progress.take();
        if let Some(finish) = finish {
            finish();
        }
        ran?;
        let sum = |sum: u64, result: io::Result<u64>| io::Result::Ok(sum.wrapping_add(result?));
        let result = results.into_iter().try_fold(0, sum)?;
        let Some((began, ended)) = began.zip(ended) else {
            return Err(io::Error::other(format!("the loop ended before '{}' was done", self.name)));
        };
        // The timer counts whole milliseconds, and may not come at all in a short run.
        let delay = delay.get().max(held);
        Ok(Cost { total: ended - began, delay, result })
    }

    /// The callback that begins.
    fn hand_over(
        &self,
        jobs: &Jobs,
        sender: ResultSender,
        pool: &Rc<Pool>,
        progress: &Rc<RefCell<Progress>>,
    ) -> impl FnOnce(&mut EventLoop) + 'static {
        let (jobs, pool, progress, begin) = (Arc::clone(jobs), Rc::clone(pool), Rc::clone(progress), self.begin);
        move |ev| {
            let start = Instant::now();
            let begun = begin(&jobs, &sender, &pool);
            let mut progress = progress.borrow_mut();
            (progress.began, progress.held) = (Some(start), start.elapsed());
            match begun {
                Ok(finish) => progress.finish = Some(finish),
                Err(error) => {
                    progress.results.push(Err(error));
                    ev.stop();
                }
            }
        }
    }
}

/// The callback that takes results in. It stops the loop at the last, or the first that failed.
fn collect(
    inbox: Receiver<io::Result<u64>>,
    jobs: usize,
    progress: &Rc<RefCell<Progress>>,
) -> impl FnMut(&mut EventLoop) + 'static {
    let progress = Rc::clone(progress);
    move |ev| {
        let mut progress = progress.borrow_mut();
        progress.results.extend(inbox.try_iter());
        if progress.results.len() == jobs || progress.results.iter().any(Result::is_err) {
            progress.ended = Some(Instant::now());
            ev.stop();
        }
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

/// A pool whose threads are there.
fn started(size: usize) -> io::Result<Pool> {
    let pool = Pool::new(size);
    pool.start()?;
    Ok(pool)
}
