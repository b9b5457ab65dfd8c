//! The pool's threads: started all at once, named, and joined in the end.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crate::queue::Queue;
use crate::shortage::Shortage;
use crate::tasks::{self, thread_id};

/// More than the kernel ever needs to strike a joined thread from its list.
const MOMENT: Duration = Duration::from_secs(1);

pub(crate) struct Crew {
    /// The kernel's ids, in the order of the names.
    pub(crate) ids: Vec<i32>,
    pub(crate) shortage: Option<Shortage>,
    handles: Mutex<Vec<JoinHandle<()>>>,
}

/// What a new thread runs.
type Body = Box<dyn FnOnce() + Send>;

impl Crew {
    /// Starts up to `size` threads on `queue`, and returns once each of them runs. Fails when there is none.
    pub(crate) fn start(size: usize, queue: &Arc<Queue>) -> io::Result<Self> {
        Self::start_with(size, queue, |builder, body| builder.spawn(body))
    }

    /// `spawn` is a parameter so that a test can make it fail.
    fn start_with(
        size: usize,
        queue: &Arc<Queue>,
        mut spawn: impl FnMut(Builder, Body) -> io::Result<JoinHandle<()>>,
    ) -> io::Result<Self> {
        let (report, reports) = crossbeam_channel::bounded(size);
        let (mut handles, mut shortage) = (Vec::new(), None);
        for number in 0..size {
            let (queue, report) = (Arc::clone(queue), report.clone());
            let body = Box::new(move || {
                let _ = report.send((number, thread_id()));
                work(&queue);
            });
            match spawn(Builder::new().name(format!("pool-{number}")), body) {
                Ok(handle) => handles.push(handle),
                Err(cause) => {
                    shortage = Some(Shortage { wanted: size, got: handles.len(), cause });
                    break;
                }
            }
        }
        if let Some(shortage) = shortage.take_if(|shortage| shortage.got == 0) {
            return Err(io::Error::new(shortage.cause.kind(), shortage.to_string()));
        }
        let mut ids: Vec<(usize, i32)> = reports.iter().take(handles.len()).collect();
        ids.sort_unstable();
        Ok(Self { ids: ids.into_iter().map(|(_, id)| id).collect(), shortage, handles: Mutex::new(handles) })
    }

    /// Waits for the end of every thread, until the kernel has forgotten it, too; the queue was closed before.
    pub(crate) fn join(&self) {
        let handles = std::mem::take(&mut *self.handles.lock().expect("nothing panics while it holds the handles"));
        for handle in handles {
            let _ = handle.join(); // Err when dropping a panic's payload panicked in turn: that thread has ended, too
        }
        tasks::wait_until_gone(&self.ids, MOMENT);
    }
}

/// A thread of the pool: one job after another, until the queue is closed and empty.
fn work(queue: &Queue) {
    let mut ended = None;
    while let Some((lane, job)) = queue.pop(ended) {
        // Who submitted the job is told by the job itself (see `ticket`): here the thread has to survive, no more.
        let _ = panic::catch_unwind(AssertUnwindSafe(job));
        ended = Some(lane);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::Lane;

    /// A start that fails once `left` threads are started.
    fn at_most(mut left: usize) -> impl FnMut(Builder, Body) -> io::Result<JoinHandle<()>> {
        move |builder, body| match left {
            0 => Err(io::Error::from_raw_os_error(nix::libc::EAGAIN)),
            _ => {
                left -= 1;
                builder.spawn(body)
            }
        }
    }

    /// Closes the queue and waits for the threads, with a deadline.
    fn dismiss(crew: Crew, queue: &Queue) {
        queue.close();
        let (joined, end) = crossbeam_channel::bounded(1);
        std::thread::spawn(move || {
            crew.join();
            let _ = joined.send(());
        });
        end.recv_timeout(PATIENCE).expect("the threads end once their queue is closed");
    }

    const PATIENCE: Duration = Duration::from_secs(30);

    #[test]
    fn with_fewer_threads_than_asked_for_the_crew_works_and_names_the_limits() {
        let queue = Arc::new(Queue::default());
        let mut crew = Crew::start_with(4, &queue, at_most(2)).unwrap();
        assert_eq!(crew.ids.len(), 2);
        let (answer, answers) = crossbeam_channel::bounded(1);
        assert!(queue.push(Lane::Fast, Box::new(move || answer.send(thread_id()).unwrap())).is_ok());
        assert!(crew.ids.contains(&answers.recv_timeout(PATIENCE).expect("the job is run")));
        let message = crew.shortage.take().expect("two threads are missing").to_string();
        dismiss(crew, &queue);
        for part in ["2 of 4 threads", "ulimit -u", "ulimit -v", "pids.max", "kernel.threads-max", "UV_THREADPOOL_SIZE"]
        {
            assert!(message.contains(part), "'{part}' is missing in: {message}");
        }
    }

    #[test]
    fn without_any_thread_the_start_fails_and_a_later_one_may_succeed() {
        let queue = Arc::new(Queue::default());
        let error = Crew::start_with(4, &queue, at_most(0)).err().expect("no thread, no crew");
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        assert!(error.to_string().starts_with("0 of 4 threads"), "{error}");
        let crew = Crew::start_with(1, &queue, at_most(1)).unwrap();
        assert!(crew.shortage.is_none());
        dismiss(crew, &queue);
    }
}
