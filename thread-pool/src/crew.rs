//! The pool's threads: started all at once and named; or fewer, and why.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use crossbeam_channel::unbounded;
use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit};

use crate::queue::Queue;
use crate::size;
use crate::tasks::thread_id;

pub(crate) struct Crew {
    pub(crate) handles: Vec<JoinHandle<()>>,
    /// The kernel's ids, in the order of the names.
    pub(crate) ids: Vec<i32>,
    pub(crate) shortage: Option<io::Error>,
}

/// What a new thread runs.
type Body = Box<dyn FnOnce() + Send>;

impl Crew {
    /// Starts up to `size` threads on `queue`, and returns once each of them runs. Fails when there is none.
    /// `spawn` starts one; it is a parameter so that a test can make it fail.
    pub(crate) fn start(
        size: usize,
        queue: &Arc<Queue>,
        mut spawn: impl FnMut(Builder, Body) -> io::Result<JoinHandle<()>>,
    ) -> io::Result<Self> {
        let (report, reports) = unbounded();
        let (mut handles, mut shortage) = (Vec::new(), None);
        for number in 0..size {
            let (queue, report) = (Arc::clone(queue), report.clone());
            let body = move || {
                let _ = report.send((number, thread_id()));
                work(&queue);
            };
            match spawn(Builder::new().name(format!("pool-{number}")), Box::new(body)) {
                Ok(handle) => handles.push(handle),
                Err(cause) => {
                    shortage = Some(explained(&cause, handles.len(), size));
                    break;
                }
            }
        }
        if let Some(shortage) = shortage.take_if(|_| handles.is_empty()) {
            return Err(shortage);
        }
        let mut ids: Vec<(usize, i32)> = reports.iter().take(handles.len()).collect();
        ids.sort_unstable();
        Ok(Self { handles, ids: ids.into_iter().map(|(_, id)| id).collect(), shortage })
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

/// Why there are fewer threads than asked for. pthread_create(3) answers `EAGAIN` whatever the limit was, so the text
/// names all of them, in the units of the shell's `ulimit`.
fn explained(cause: &io::Error, got: usize, wanted: usize) -> io::Error {
    let limit = |resource, unit: u64| match getrlimit(resource) {
        Ok((RLIM_INFINITY, _)) => "unlimited".to_owned(),
        Ok((limit, _)) => (limit / unit).to_string(),
        Err(error) => format!("unknown, {error}"),
    };
    let (user, space) = (limit(Resource::RLIMIT_NPROC, 1), limit(Resource::RLIMIT_AS, 1024));
    let text = format!(
        "{got} of {wanted} threads could be started: {cause}. The limit is the user's (ulimit -u: {user}), \
         the address space (ulimit -v: {space}), the container's (pids.max) or the machine's (kernel.threads-max). \
         Raise it, or ask for fewer threads with {}",
        size::VARIABLE
    );
    io::Error::new(cause.kind(), text)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
        let (joined, end) = unbounded();
        std::thread::spawn(move || {
            crew.handles.into_iter().for_each(|handle| handle.join().unwrap());
            let _ = joined.send(());
        });
        end.recv_timeout(PATIENCE).expect("the threads end once their queue is closed");
    }

    const PATIENCE: Duration = Duration::from_secs(30);

    #[test]
    fn with_fewer_threads_than_asked_for_the_crew_works_and_names_the_limits() {
        let queue = Arc::new(Queue::default());
        let mut crew = Crew::start(4, &queue, at_most(2)).unwrap();
        assert_eq!(crew.ids.len(), 2);
        let (answer, answers) = unbounded();
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
        let error = Crew::start(4, &queue, at_most(0)).err().expect("no thread, no crew");
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        assert!(error.to_string().starts_with("0 of 4 threads"), "{error}");
        let crew = Crew::start(1, &queue, at_most(1)).unwrap();
        assert!(crew.shortage.is_none());
        dismiss(crew, &queue);
    }
}
