//! A request that epoll cannot report: it is done on a helper thread, and completed in the poll phase. libuv:
//! `uv_queue_work`, and every `uv_fs_…`. libuv has four such threads, the chapter `thread-pool` as many as you like;
//! one is enough to see why.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{Builder, JoinHandle};

use crate::{EventLoop, Waker};

type Job = Box<dyn FnOnce() + Send>;

/// A request under way.
struct Request {
    completion: Box<dyn FnOnce(&mut EventLoop)>,
    line: Option<usize>,
}

pub(crate) struct Helper {
    /// `None` once the loop is dropped.
    thread: Option<(Sender<Job>, JoinHandle<()>)>,
    /// One message for each request that is done.
    done: Receiver<()>,
    pub(crate) waker: Waker,
    /// The batch: how many requests are done whose callbacks have not run yet.
    batch: usize,
    /// One thread works in order, so the first of these are done first.
    requests: VecDeque<Request>,
}

impl Helper {
    fn start(ev: &mut EventLoop) -> io::Result<Self> {
        let waker = Waker::for_requests(ev)?;
        let (jobs, todo) = mpsc::channel::<Job>();
        let (is_done, done) = mpsc::channel();
        let wakes = waker.clone();
        let thread = Builder::new().name("helper".into()).spawn(move || {
            for job in todo {
                job();
                let _ = is_done.send(()); // the receiver outlives this thread
                wakes.wake();
            }
        });
        let thread = thread.inspect_err(|_| _ = ev.close(waker.handle()))?;
        Ok(Self { thread: Some((jobs, thread)), done, waker, batch: 0, requests: VecDeque::new() })
    }

    /// The lines of a puzzle whose requests are under way, and how many of these are in the batch.
    pub(crate) fn under_way(&self) -> (Vec<Option<usize>>, usize) {
        (self.requests.iter().map(|request| request.line).collect(), self.batch)
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
        let (sender, outcome) = mpsc::channel();
        let job: Job = Box::new(move || _ = sender.send(catch_unwind(AssertUnwindSafe(work))));
        let completion = Box::new(move |ev: &mut EventLoop| match outcome.recv() {
            Ok(Ok(value)) => callback(ev, value),
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => unreachable!("a request that is done has an outcome"),
        });
        if let Some((jobs, _)) = &helper.thread {
            jobs.send(job).expect("the helper takes jobs as long as its loop is there");
        }
        helper.requests.push_back(Request { completion, line });
        self.handles.alive += 1;
        self.helper = Some(helper);
        Ok(())
    }

    /// Takes all requests that are done, as a batch, and runs their callbacks. What is done meanwhile waits for the
    /// next iteration: so a chain of requests cannot keep the loop in the poll phase.
    pub(crate) fn run_completed(&mut self) {
        let Some(helper) = &mut self.helper else { return };
        helper.batch += helper.done.try_iter().count();
        while let Some(helper) = self.helper.as_mut().filter(|helper| helper.batch > 0)
            && let Some(request) = helper.requests.pop_front()
        {
            helper.batch -= 1;
            self.handles.alive -= 1;
            self.run_callback("request", None, request.completion);
        }
    }
}
