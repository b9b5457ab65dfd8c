//! A request that nobody can poll for: it is done on a helper thread, and completed in the poll phase. libuv:
//! `uv_queue_work`, and every `uv_fs_…`. libuv has four such threads, the chapter `thread-pool` as many as you like;
//! one is enough to see why.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{Builder, JoinHandle};

use crate::queues::Task;
use crate::slab::Key;
use crate::{EventLoop, Waker};

type Job = Box<dyn FnOnce() + Send>;

pub(crate) struct Helper {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    waker: Waker,
    finished: Receiver<()>,
    finish: Sender<()>,
    /// One thread works in order, so the callbacks are in the order of the results.
    callbacks: VecDeque<Task>,
}

impl Helper {
    fn start(ev: &mut EventLoop) -> io::Result<Self> {
        let waker = Waker::new(ev, |_| ())?;
        ev.unref(waker.handle()); // the requests keep the loop alive, not the thread
        let (jobs, todo) = mpsc::channel::<Job>();
        let (finish, finished) = mpsc::channel();
        let thread = Builder::new().name("helper".into()).spawn(move || todo.into_iter().for_each(|job| job()));
        let thread = thread.inspect_err(|_| _ = ev.close(waker.handle()))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), waker, finished, finish, callbacks: VecDeque::new() })
    }

    /// After a panic: the wake-up is spent, and other requests may be finished.
    pub(crate) fn look_again(&self) {
        self.waker.wake();
    }
}

impl Drop for Helper {
    /// Waits for the thread, which first does what it was asked for: none outlives its loop.
    fn drop(&mut self) {
        self.jobs = None;
        self.thread.take().map(JoinHandle::join);
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
        if self.helper.is_none() {
            self.helper = Some(Helper::start(self)?);
        }
        let Some(helper) = &mut self.helper else { return Ok(()) };
        let (give, result) = mpsc::channel();
        let (finish, waker) = (helper.finish.clone(), helper.waker.clone());
        let job = move || {
            let _ = give.send(catch_unwind(AssertUnwindSafe(work)));
            let _ = finish.send(()); // an error: the loop is gone, and nobody waits
            waker.wake();
        };
        let sent = helper.jobs.as_ref().map(|jobs| jobs.send(Box::new(job)));
        debug_assert!(matches!(sent, Some(Ok(()))), "the helper takes jobs as long as its loop is there");
        helper.callbacks.push_back(Box::new(move |ev| match result.recv() {
            Ok(Ok(result)) => callback(ev, result),
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => {} // not before its result is sent
        }));
        self.handles.alive += 1;
        Ok(())
    }

    pub(crate) fn is_helper(&self, key: Key) -> bool {
        self.helper.as_ref().is_some_and(|helper| helper.waker.handle().0 == key)
    }

    /// Runs the callbacks of the requests that are finished.
    pub(crate) fn complete(&mut self) {
        while let Some(helper) = &mut self.helper
            && helper.finished.try_recv().is_ok()
            && let Some(callback) = helper.callbacks.pop_front()
        {
            self.handles.alive -= 1;
            self.enter("request", None, callback);
        }
    }
}
