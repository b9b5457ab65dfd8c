//! A request that epoll cannot report: it is done on a helper thread, and completed in the poll phase. libuv:
//! `uv_queue_work`, and every `uv_fs_…`. libuv has four such threads, the chapter `thread-pool` as many as you like;
//! one is enough to see why.

use std::any::Any;
use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, Builder, JoinHandle};

use crate::{EventLoop, Waker};

type Job = Box<dyn FnOnce() -> Box<dyn Any + Send> + Send>;
/// The work's value, or the panic with which it ended.
type Outcome = thread::Result<Box<dyn Any + Send>>;
type Completion = Box<dyn FnOnce(&mut EventLoop, Outcome)>;

/// A request under way.
struct Request {
    callback: Completion,
    line: Option<usize>,
}

pub(crate) struct Helper {
    /// `None` once the loop is dropped.
    thread: Option<(Sender<Job>, JoinHandle<()>)>,
    outcomes: Receiver<Outcome>,
    pub(crate) waker: Waker,
    /// The batch: outcomes that were taken, and whose callbacks have not run yet.
    batch: VecDeque<Outcome>,
    /// One thread works in order, so the requests are in the order of the outcomes.
    requests: VecDeque<Request>,
}

impl Helper {
    fn start(ev: &mut EventLoop) -> io::Result<Self> {
        let waker = Waker::for_requests(ev)?;
        let (jobs, todo) = mpsc::channel::<Job>();
        let (outcome, outcomes) = mpsc::channel();
        let done = waker.clone();
        let thread = Builder::new().name("helper".into()).spawn(move || {
            for job in todo {
                let _ = outcome.send(catch_unwind(AssertUnwindSafe(job))); // the receiver outlives this thread
                done.wake();
            }
        });
        let thread = thread.inspect_err(|_| _ = ev.close(waker.handle()))?;
        Ok(Self { thread: Some((jobs, thread)), outcomes, waker, batch: VecDeque::new(), requests: VecDeque::new() })
    }

    /// The lines of a puzzle whose requests are under way, and how many of these are in the batch.
    pub(crate) fn under_way(&self) -> (Vec<Option<usize>>, usize) {
        (self.requests.iter().map(|request| request.line).collect(), self.batch.len())
    }
}

impl Drop for Helper {
    /// Waits for the thread, which first does what it was asked for: none outlives its loop.
    fn drop(&mut self) {
        if let Some((jobs, thread)) = self.thread.take() {
            drop(jobs);
            let _ = thread.join(); // a panic of a job is an outcome, not the thread's end
        }
    }
}

impl EventLoop {
    /// Does `work` on the helper thread, which the first request starts; then runs `callback` with its result in the
    /// poll phase. Requests are done in order. They keep the loop alive, and cannot be taken back. Node: `fs.stat`,
    /// `fs.readFile`, …
    ///
    /// When `work` panics, its panic goes on in place of the callback.
    ///
    /// # Errors
    /// Those of starting a thread, and of [`Waker::new`]. Nothing was done then.
    pub fn request<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
        callback: impl FnOnce(&mut EventLoop, T) + 'static,
    ) -> io::Result<()> {
        self.request_from(None, work, callback)
    }

    pub(crate) fn request_from<T: Send + 'static>(
        &mut self,
        line: Option<usize>,
        work: impl FnOnce() -> T + Send + 'static,
        callback: impl FnOnce(&mut EventLoop, T) + 'static,
    ) -> io::Result<()> {
        let mut helper = self.helper.take().map_or_else(|| Helper::start(self), Ok)?;
        if let Some((jobs, _)) = &helper.thread {
            jobs.send(Box::new(|| Box::new(work()))).expect("the helper takes jobs as long as its loop is there");
        }
        let callback: Completion = Box::new(|ev, outcome| match outcome {
            Ok(value) => callback(ev, *value.downcast().expect("outcomes come in the order of the requests")),
            Err(panic) => resume_unwind(panic),
        });
        helper.requests.push_back(Request { callback, line });
        self.handles.alive += 1;
        self.helper = Some(helper);
        Ok(())
    }

    /// Takes all outcomes that are there, as a batch, and runs their callbacks. What is done meanwhile waits for the
    /// next iteration: so a chain of requests cannot keep the loop in the poll phase.
    pub(crate) fn run_completed(&mut self) {
        let Some(helper) = &mut self.helper else { return };
        helper.batch.extend(helper.outcomes.try_iter());
        while let Some(helper) = &mut self.helper
            && let Some(outcome) = helper.batch.pop_front()
            && let Some(request) = helper.requests.pop_front()
        {
            self.handles.alive -= 1;
            self.run_callback("request", None, |ev| (request.callback)(ev, outcome));
        }
    }
}
