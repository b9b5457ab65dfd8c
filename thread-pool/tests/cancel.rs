//! Cancelling jobs.

mod common;

use common::executors::{Rayon, Threadpool};
use common::occupy;
use common::within_deadline;
use std::cell::Cell;
use std::sync::mpsc;
use std::thread;
use thread_pool::Executor;
use thread_pool::JobError;
use thread_pool::Pool;
use thread_pool::Shutdown;
use thread_pool::Submitter;

#[test]
fn a_cancelled_job_is_told_at_once_and_never_runs() {
    within_deadline(|| {
        let pool = Pool::new(1);
        let outcome = Cell::new(None);
        let release = occupy(&pool);
        let submitter = pool.submitter();
        let job = submitter.submit(|| panic!("it was cancelled"), |result: Result<(), _>| outcome.set(Some(result)));
        let job = job.unwrap();
        assert_eq!((job.cancel(), job.cancel()), (true, false));
        assert_eq!(submitter.run_until_idle(), 1, "while the only thread is held");
        assert_eq!(outcome.take(), Some(Err(JobError::Cancelled)));
        drop(release);
        pool.shutdown(Shutdown::Drain);
        assert_eq!(submitter.run_completions(), 0);
        drop(submitter);
    });
}

#[test]
fn a_job_can_be_cancelled_from_another_thread_and_on_every_pool() {
    within_deadline(|| {
        let pools: [Box<dyn Executor>; 2] = [Box::new(Threadpool::new(1)), Box::new(Rayon::new(1))];
        for pool in pools {
            let (release, wait) = mpsc::channel::<()>();
            let outcome = Cell::new(None);
            let submitter = Submitter::new(&*pool);
            submitter.submit(move || wait.recv().is_err(), |_| ()).unwrap();
            let job = submitter.submit(|| (), |result| outcome.set(Some(result))).unwrap();
            assert!(thread::spawn(move || job.cancel()).join().unwrap());
            drop(release);
            submitter.run_until_idle();
            drop(submitter);
            assert_eq!(outcome.take(), Some(Err(JobError::Cancelled)));
        }
    });
}
