//! A request that nobody can poll for: it is done on a helper thread, and completed in the poll phase. libuv:
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

pub(crate) struct Helper {
    /// `None` once the loop is dropped.
    thread: Option<(Sender<Job>, JoinHandle<()>)>,
    outcomes: Receiver<Outcome>,
    pub(crate) waker: Waker,
    /// One thread works in order, so the callbacks are in the order of the outcomes.
    callbacks: VecDeque<Completion>,
}

impl Helper {
    fn start(ev: &mut EventLoop) -> io::Result<Self> {
        let waker = Waker::new(ev, EventLoop::complete)?;
        ev.unref(waker.handle()); // the requests keep the loop alive, not the thread
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
        Ok(Self { thread: Some((jobs, thread)), outcomes, waker, callbacks: VecDeque::new() })
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
        let mut helper = self.helper.take().map_or_else(|| Helper::start(self), Ok)?;
        if let Some((jobs, _)) = &helper.thread {
            jobs.send(Box::new(|| Box::new(work()))).expect("the helper takes jobs as long as its loop is there");
        }
        helper.callbacks.push_back(Box::new(|ev, outcome| match outcome {
            Ok(value) => callback(ev, *value.downcast().expect("outcomes come in the order of the requests")),
            Err(panic) => resume_unwind(panic),
        }));
        self.handles.alive += 1;
        self.helper = Some(helper);
        Ok(())
    }

    /// Runs the callbacks of the requests that are done.
    fn complete(&mut self) {
        while let Some(helper) = &mut self.helper
            && let Ok(outcome) = helper.outcomes.try_recv()
            && let Some(callback) = helper.callbacks.pop_front()
        {
            self.handles.alive -= 1;
            self.enter("request", None, |ev| callback(ev, outcome));
        }
    }
}
