//! A request that epoll cannot report: it is done on a helper thread, and completed in the poll phase. libuv:
//! `uv_queue_work`, and every `uv_fs_…`. libuv has four such threads, the chapter `thread-pool` as many as you like;
//! one is enough to see why.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{self, Sender};
use std::thread::{Builder, JoinHandle};

use crate::queues::Task;
use crate::{EventLoop, Waker};

type Job = Box<dyn FnOnce() + Send>;

pub(crate) struct Helper {
    /// `None` once the loop is dropped.
    thread: Option<(Sender<Job>, JoinHandle<()>)>,
    pub(crate) waker: Waker,
    /// How many requests are done whose callbacks have not run yet.
    pub(crate) done: Arc<AtomicUsize>,
    /// The callbacks. One thread works in order, so the first of these requests are done first.
    pub(crate) requests: VecDeque<Task>,
}

impl Helper {
    pub(crate) fn start(ev: &mut EventLoop) -> io::Result<Self> {
        let waker = Waker::new(ev, EventLoop::run_completed)?;
        ev.unref(waker.handle()); // requests keep the loop alive, not the thread
        let (jobs, todo) = mpsc::channel::<Job>();
        let done = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&done);
        let wakes = waker.clone();
        let thread = Builder::new().name("helper".into()).spawn(move || {
            for job in todo {
                job();
                counter.fetch_add(1, SeqCst);
                wakes.wake();
            }
        });
        let thread = thread.inspect_err(|_| _ = ev.close(waker.handle()))?;
        Ok(Self { thread: Some((jobs, thread)), waker, done, requests: VecDeque::new() })
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
        let (sender, outcome) = mpsc::channel();
        if let Some((jobs, _)) = &helper.thread {
            let job = Box::new(move || _ = sender.send(catch_unwind(AssertUnwindSafe(work))));
            jobs.send(job).expect("the helper takes jobs as long as its loop is there");
        }
        helper.requests.push_back(self.task(move |ev| {
            let outcome = outcome.recv().expect("a request that is done has an outcome");
            callback(ev, outcome.unwrap_or_else(|panic| resume_unwind(panic)));
        }));
        self.handles.alive += 1;
        self.helper = Some(helper);
        Ok(())
    }

    /// Takes all requests that are done, as a batch, and runs their callbacks. What is done meanwhile waits for the
    /// next iteration: so a chain of requests cannot keep the loop in the poll phase.
    fn run_completed(&mut self) {
        let batch = self.helper.as_ref().map_or(0, |helper| helper.done.load(SeqCst));
        for _ in 0..batch {
            let Some(helper) = &mut self.helper else { return };
            let Some(request) = helper.requests.pop_front() else { return };
            helper.done.fetch_sub(1, SeqCst);
            self.handles.alive -= 1;
            self.run_callback("request", None, request.callback);
        }
    }
}
