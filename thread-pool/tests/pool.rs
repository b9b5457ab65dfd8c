//! The pool: order and threads.

mod common;

use common::PATIENCE;
use common::occupy;
use common::within_deadline;
use std::fs;
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;
use thread_pool::Executor;
use thread_pool::Pool;
use thread_pool::rendezvous::threads_at_once;

#[test]
fn no_thread_exists_before_the_first_job_and_then_all_do() {
    within_deadline(|| {
        let pool = Pool::new(3);
        assert_eq!(pool.thread_ids(), []);
        pool.execute(Box::new(|| ())).unwrap();
        let ids = pool.thread_ids();
        let mut names: Vec<String> =
            ids.iter().map(|&id| fs::read_to_string(format!("/proc/self/task/{id}/comm")).unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["pool-0\n", "pool-1\n", "pool-2\n"]);
    });
}

#[test]
fn as_many_jobs_run_at_once_as_there_are_threads() {
    within_deadline(|| {
        let pool = Pool::new(4);
        let mut met = threads_at_once(&pool, 4, PATIENCE).unwrap();
        met.sort_unstable();
        let mut ids = pool.thread_ids().to_vec();
        ids.sort_unstable();
        assert_eq!(met, ids);
    });
}

#[test]
fn more_jobs_than_threads_never_run_at_once() {
    within_deadline(|| {
        let pool = Pool::new(2);
        let error = threads_at_once(&pool, 3, Duration::from_millis(50)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    });
}

#[test]
fn jobs_are_taken_first_in_first_out() {
    within_deadline(|| {
        let pool = Pool::new(1);
        let order = Arc::new(Mutex::new(Vec::new()));
        let release = occupy(&pool);
        let submitter = pool.submitter();
        for n in 0..100 {
            let order = Arc::clone(&order);
            submitter.submit(move || order.lock().unwrap().push(n), |_| ()).unwrap();
        }
        drop(release);
        assert_eq!(submitter.run_until_idle(), 100);
        assert_eq!(*order.lock().unwrap(), (0..100).collect::<Vec<_>>());
    });
}
