//! What all three pools promise behind the one interface.

mod common;

use std::sync::{Arc, Barrier, mpsc};
use std::time::Duration;

use common::executors::{Rayon, Threadpool};
use common::trace::run_all;
use common::{PATIENCE, within_deadline};
use thread_pool::rendezvous::threads_at_once;
use thread_pool::tasks::{self, thread_id};
use thread_pool::work::Task;
use thread_pool::{Executor, JobError, Pool, work};

fn with_each(check: fn(&dyn Executor)) {
    within_deadline(move || {
        check(&Pool::new(3));
        check(&Threadpool::new(3));
        check(&Rayon::new(3));
    });
}

#[test]
fn results_come_in_the_order_of_the_tasks_and_callbacks_run_here() {
    with_each(|pool| {
        let tasks = (0..50).map(|n| Box::new(move || n * n) as Task<i32>);
        for (n, outcome) in run_all(pool, tasks.collect()).unwrap().into_iter().enumerate() {
            let traced = outcome.unwrap();
            assert_eq!(traced.value as usize, n * n);
            assert_eq!(traced.completed_on, thread_id());
            assert_ne!(traced.ran_on, thread_id());
        }
    });
}

#[test]
fn files_lookups_and_keys_have_the_results_that_they_have_here() {
    with_each(|pool| {
        let kinds = || (0..4).flat_map(work::tasks).map(|(_, task)| task);
        let outcomes = run_all(pool, kinds().collect()).unwrap();
        assert_eq!(outcomes.len(), 12);
        for (outcome, inline) in outcomes.into_iter().zip(kinds()) {
            assert_eq!(outcome.unwrap().value.unwrap(), inline().unwrap());
        }
    });
}

#[test]
fn a_pool_that_is_dropped_idle_leaves_no_thread() {
    fn check<E: Executor>(pool: E) {
        let ids = threads_at_once(&pool, 3, PATIENCE).unwrap();
        drop(pool);
        assert!(tasks::wait_until_gone(&ids, PATIENCE), "of {ids:?} some are left");
    }
    within_deadline(|| {
        check(Pool::new(3));
        check(Threadpool::new(3));
        check(Rayon::new(3));
    });
}

#[test]
fn three_threads_run_three_jobs_at_once() {
    with_each(|pool| {
        let mut ids = threads_at_once(pool, 3, PATIENCE).unwrap();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 3);
    });
}

#[test]
fn a_panic_is_told_to_the_submitter_and_the_pool_works_on() {
    with_each(|pool| {
        for _ in 0..5 {
            let tasks: Vec<Task<()>> = vec![Box::new(|| panic!("reported")), Box::new(|| ())];
            let outcomes = run_all(pool, tasks).unwrap();
            assert_eq!(outcomes[0], Err(JobError::Panicked("reported".to_owned())));
            assert!(outcomes[1].is_ok());
        }
        assert_eq!(threads_at_once(pool, 3, PATIENCE).unwrap().len(), 3);
    });
}

#[test]
fn a_panic_that_nobody_catches_leaves_as_many_threads() {
    with_each(|pool| {
        for _ in 0..5 {
            pool.execute(Box::new(|| panic!("caught by the pool"))).unwrap();
        }
        assert_eq!(threads_at_once(pool, 3, PATIENCE).unwrap().len(), 3);
    });
}

#[test]
fn seven_jobs_take_at_least_three_steps_on_three_threads() {
    with_each(|pool| {
        let jobs = (0..7).map(|_| Box::new(|| ()) as Task<()>);
        let traces: Vec<_> = run_all(pool, jobs.collect()).unwrap().into_iter().flatten().collect();
        let on = |thread| traces.iter().filter(|job| job.ran_on == thread).count();
        assert_eq!(traces.len(), 7);
        assert!(traces.iter().any(|job| on(job.ran_on) >= 3));
        for (n, job) in traces.iter().enumerate() {
            let mut same_thread = traces[..n].iter().filter(|other| other.ran_on == job.ran_on);
            assert!(same_thread.all(|other| other.end <= job.start || job.end <= other.start));
        }
    });
}

/// Jobs hold all threads, and each waits for a job that it submitted.
#[test]
fn on_each_pool_jobs_that_wait_for_their_own_jobs_deadlock() {
    fn inner_jobs_run<E: Executor + Send + 'static>(pool: E) -> usize {
        let (pool, barrier) = (Arc::new(pool), Arc::new(Barrier::new(3)));
        let job = |_| {
            let (pool, barrier) = (Arc::clone(&pool), Arc::clone(&barrier));
            Box::new(move || {
                barrier.wait();
                let (answer_tx, answer_rx) = mpsc::channel();
                pool.execute(Box::new(move || _ = answer_tx.send(()))).unwrap();
                let ran = answer_rx.recv_timeout(Duration::from_millis(50)).is_ok();
                barrier.wait();
                ran
            }) as Task<bool>
        };
        run_all(&*pool, (0..3).map(job).collect())
            .unwrap()
            .into_iter()
            .filter(|job| job.as_ref().unwrap().value)
            .count()
    }
    within_deadline(|| {
        assert_eq!(inner_jobs_run(Pool::new(3)), 0);
        assert_eq!(inner_jobs_run(Threadpool::new(3)), 0);
        assert_eq!(inner_jobs_run(Rayon::new(3)), 0);
    });
}

#[test]
fn a_panic_costs_threadpool_a_thread_and_the_others_none() {
    fn replaced(pool: &dyn Executor) -> usize {
        let before = threads_at_once(pool, 3, PATIENCE).unwrap();
        pool.execute(Box::new(|| panic!("caught by the pool"))).unwrap();
        let after = threads_at_once(pool, 3, PATIENCE).unwrap();
        after.iter().filter(|id| !before.contains(id)).count()
    }
    within_deadline(|| {
        assert_eq!(replaced(&Pool::new(3)), 0);
        assert_eq!(replaced(&Threadpool::new(3)), 1);
        assert_eq!(replaced(&Rayon::new(3)), 0);
    });
}
