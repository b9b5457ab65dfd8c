//! What all three pools promise behind the one interface.

mod common;

use std::time::Duration;

use common::{PATIENCE, within_deadline};
use thread_pool::rendezvous::threads_at_once;
use thread_pool::tasks::{self, thread_id};
use thread_pool::timeline::{of_sleepers, steps};
use thread_pool::trace::{Task, run_all};
use thread_pool::{Executor, JobError, Pool, executors, work};

fn with_each(check: fn(&dyn Executor)) {
    within_deadline(move || {
        check(&Pool::new(3));
        check(&executors::threadpool(3).unwrap());
        check(&executors::rayon(3).unwrap());
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
        check(executors::threadpool(3).unwrap());
        check(executors::rayon(3).unwrap());
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
            let tasks: Vec<Task<()>> = vec![Box::new(|| panic!("told")), Box::new(|| ())];
            let outcomes = run_all(pool, tasks).unwrap();
            assert_eq!(outcomes[0], Err(JobError::Panicked("told".to_owned())));
            assert!(outcomes[1].is_ok());
        }
        assert_eq!(threads_at_once(pool, 3, PATIENCE).unwrap().len(), 3);
    });
}

#[test]
fn a_panic_that_nobody_catches_leaves_as_many_threads() {
    with_each(|pool| {
        for _ in 0..5 {
            pool.execute(Box::new(|| panic!("not told"))).unwrap();
        }
        assert_eq!(threads_at_once(pool, 3, PATIENCE).unwrap().len(), 3);
    });
}

#[test]
fn seven_sleeping_jobs_take_at_least_three_steps_on_three_threads() {
    with_each(|pool| {
        let nap = Duration::from_millis(20);
        let spans = of_sleepers(pool, 7, 3, nap).unwrap();
        assert_eq!(spans.len(), 7);
        assert!(steps(&spans) >= 3);
        assert!(spans.iter().all(|span| span.end - span.start >= nap));
        for (n, span) in spans.iter().enumerate() {
            let same_thread = spans[..n].iter().filter(|other| other.ran_on == span.ran_on);
            assert!(same_thread.into_iter().all(|other| other.end <= span.start || span.end <= other.start));
        }
    });
}
