//! A submitter: callbacks, batches, panics.

mod common;

use common::PATIENCE;
use common::occupy;
use common::within_deadline;
use std::cell::Cell;
use std::cell::RefCell;
use std::panic;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use thread_pool::Executor;
use thread_pool::JobError;
use thread_pool::Pool;
use thread_pool::Shutdown;
use thread_pool::rendezvous::threads_at_once;
use thread_pool::tasks::thread_id;

#[test]
fn a_callback_runs_on_the_submitters_thread_and_only_when_asked_to() {
    within_deadline(|| {
        let pool = Pool::new(2);
        let seen = Rc::new(Cell::new(None)); // an Rc cannot go to another thread: the types alone promise it
        let submitter = pool.submitter();
        let callbacks = Rc::clone(&seen);
        submitter.submit(thread_id, move |ran_on| callbacks.set(Some((ran_on.unwrap(), thread_id())))).unwrap();
        pool.shutdown(Shutdown::Drain);
        assert_eq!(seen.get(), None, "the job has run, and nobody asked for its completion");
        assert_eq!(submitter.run_until_idle(), 1);
        let (ran_on, completed_on) = seen.get().unwrap();
        assert!(pool.thread_ids().contains(&ran_on));
        assert_eq!(completed_on, thread_id());
    });
}

#[test]
fn what_has_come_back_is_delivered_in_one_batch() {
    within_deadline(|| {
        let pool = Pool::new(4);
        let submitter = pool.submitter();
        (0..50).for_each(|_| drop(submitter.submit(|| (), |_| ()).unwrap()));
        pool.shutdown(Shutdown::Drain);
        assert_eq!(submitter.outstanding(), 50);
        assert_eq!(submitter.wait_completions(), 50);
        assert_eq!(submitter.outstanding(), 0);
        assert_eq!(submitter.wait_completions(), 0, "with nothing outstanding it must not wait");
    });
}

#[test]
fn a_callback_can_submit_the_next_job() {
    fn count_down(submitter: &Rc<thread_pool::Submitter<'static>>, left: u32, ran: Rc<Cell<u32>>) {
        let next = Rc::clone(submitter);
        let done = move |_| {
            ran.set(ran.get() + 1);
            if left > 1 {
                count_down(&next, left - 1, ran);
            }
        };
        submitter.submit(|| (), done).unwrap();
    }
    within_deadline(|| {
        let pool: &'static Pool = Box::leak(Box::new(Pool::new(2)));
        let submitter = Rc::new(pool.submitter());
        let ran = Rc::new(Cell::new(0));
        count_down(&submitter, 10, Rc::clone(&ran));
        assert_eq!(submitter.run_until_idle(), 10);
        assert_eq!(ran.get(), 10);
        pool.shutdown(Shutdown::Discard);
    });
}

#[test]
fn a_panic_is_an_error_for_its_submitter_and_costs_no_thread() {
    within_deadline(|| {
        let pool = Pool::new(2);
        let errors = RefCell::new(Vec::new());
        let submitter = pool.submitter();
        for n in 0..6 {
            let job = move || match n % 3 {
                0 => panic!("a text"),
                1 => panic!("job {n}"),
                _ => panic::panic_any(n),
            };
            submitter.submit(job, |outcome: Result<(), _>| errors.borrow_mut().push(outcome.unwrap_err())).unwrap();
        }
        pool.execute(Box::new(|| panic!("nobody is told of this one"))).unwrap();
        submitter.run_until_idle();
        let before = pool.thread_ids().to_vec();
        let mut met = threads_at_once(&pool, 2, PATIENCE).unwrap();
        met.sort_unstable();
        let mut ids = before;
        ids.sort_unstable();
        assert_eq!(met, ids, "the same threads are there after the panics");
        drop(submitter);
        let errors = errors.into_inner();
        for text in ["a text", "job 1", "job 4", "a value without a text"] {
            assert!(errors.contains(&JobError::Panicked(text.to_owned())), "'{text}' is missing in {errors:?}");
        }
        assert_eq!(errors.len(), 6);
    });
}

#[test]
fn a_callback_that_panics_loses_no_other_completion() {
    within_deadline(|| {
        let pool = Pool::new(2);
        let ran = Cell::new(0);
        let submitter = pool.submitter();
        for n in 0..10 {
            let ran = &ran;
            let done = move |_| {
                assert_ne!(n, 3, "this callback panics");
                ran.set(ran.get() + 1);
            };
            submitter.submit(|| (), done).unwrap();
        }
        let mut panics = 0;
        while submitter.outstanding() > 0 {
            panics += usize::from(panic::catch_unwind(AssertUnwindSafe(|| submitter.run_until_idle())).is_err());
        }
        assert_eq!((panics, ran.get()), (1, 9));
    });
}

#[test]
fn each_submitter_gets_its_own_completions() {
    within_deadline(|| {
        let pool = Pool::new(4);
        thread::scope(|scope| {
            for mine in 0..4 {
                let pool = &pool;
                scope.spawn(move || {
                    let sum = Cell::new(0);
                    let submitter = pool.submitter();
                    for n in 0..500_u64 {
                        let done = |outcome: Result<(u64, u64), _>| {
                            let (whose, n) = outcome.unwrap();
                            assert_eq!(whose, mine);
                            sum.set(sum.get() + n);
                        };
                        submitter.submit(move || (mine, n), done).unwrap();
                    }
                    assert_eq!(submitter.run_until_idle(), 500);
                    drop(submitter);
                    assert_eq!(sum.get(), 499 * 500 / 2);
                });
            }
        });
        assert_eq!(pool.thread_ids().len(), 4, "four first jobs at once start the threads once");
    });
}

#[test]
fn a_submitter_dropped_early_loses_its_callbacks_but_its_jobs_run() {
    within_deadline(|| {
        let pool = Pool::new(1);
        let ran = Arc::new(AtomicUsize::new(0));
        let submitter = pool.submitter();
        for _ in 0..10 {
            let ran = Arc::clone(&ran);
            submitter.submit(move || ran.fetch_add(1, SeqCst), |_| panic!("nobody asked")).unwrap();
        }
        drop(submitter);
        pool.shutdown(Shutdown::Drain);
        assert_eq!(ran.load(SeqCst), 10);
    });
}

#[test]
fn values_whose_drop_panics_cost_no_thread_and_are_reported_as_panics() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic::resume_unwind(Box::new("dropped"));
        }
    }
    within_deadline(|| {
        let pool = Pool::new(1);
        pool.start().unwrap();
        let errors = RefCell::new(Vec::new());
        let submitter = pool.submitter();
        let job = || panic::panic_any(Bomb);
        submitter.submit(job, |outcome: Result<(), _>| errors.borrow_mut().push(outcome)).unwrap();
        submitter.run_until_idle();
        drop(submitter);
        assert_eq!(*errors.borrow(), [Err(JobError::Panicked("a value without a text".to_owned()))]);
        pool.execute(Box::new(|| panic::panic_any(Bomb))).unwrap(); // without a submitter
        assert_eq!(threads_at_once(&pool, 1, PATIENCE).unwrap(), pool.thread_ids());
        let release = occupy(&pool);
        for _ in 0..2 {
            let bomb = Bomb;
            pool.execute(Box::new(move || drop(bomb))).unwrap();
        }
        thread::scope(|scope| {
            let shutdown = scope.spawn(|| pool.shutdown(Shutdown::Discard)); // drops the queued jobs
            drop(release);
            shutdown.join().unwrap();
        });
    });
}
