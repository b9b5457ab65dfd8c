//! The pool and its submitters: order, threads, completions, panics, shutdown.

mod common;

use std::cell::{Cell, RefCell};
use std::io::ErrorKind;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use common::{PATIENCE, within_deadline};
use thread_pool::rendezvous::threads_at_once;
use thread_pool::tasks::{self, thread_id};
use thread_pool::{Cancel, Executor, JobError, Lane, Pool, Shutdown, Submitter, executor};

/// Jobs that wait here until the other end is dropped: whatever is submitted meanwhile stays queued.
fn occupy(pool: &Pool) -> mpsc::Sender<()> {
    let (release, wait) = mpsc::channel::<()>();
    let wait = Arc::new(Mutex::new(wait));
    let (running, all) = mpsc::channel();
    for _ in 0..pool.size() {
        let (wait, running) = (Arc::clone(&wait), running.clone());
        let job = move || {
            running.send(()).unwrap();
            let _ = wait.lock().unwrap().recv();
        };
        pool.execute(Box::new(job)).unwrap();
    }
    (0..pool.size()).for_each(|_| all.recv().unwrap());
    release
}

#[test]
fn no_thread_exists_before_the_first_job_and_then_all_do() {
    within_deadline(|| {
        let pool = Pool::new(3);
        assert_eq!(pool.thread_ids(), []);
        pool.execute(Box::new(|| ())).unwrap();
        let ids = pool.thread_ids();
        let names: Vec<String> = ids.iter().map(|&id| tasks::name(id).unwrap()).collect();
        assert_eq!(names, ["pool-0", "pool-1", "pool-2"]);
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
fn a_dropped_pool_leaves_no_thread() {
    within_deadline(|| {
        let pool = Pool::new(8);
        let ids = threads_at_once(&pool, 8, PATIENCE).unwrap();
        drop(pool);
        assert!(tasks::wait_until_gone(&ids, Duration::ZERO), "of {ids:?} some are left");
    });
}

#[test]
fn a_dropped_pool_has_waited_for_the_jobs_that_ran() {
    within_deadline(|| {
        let pool = Pool::new(2);
        let (running, started) = mpsc::channel();
        let ended = Arc::new(AtomicUsize::new(0));
        for _ in 0..2 {
            let (running, ended) = (running.clone(), Arc::clone(&ended));
            let job = move || {
                running.send(()).unwrap();
                thread::sleep(Duration::from_millis(50)); // a drop that does not wait is quicker than this
                ended.fetch_add(1, SeqCst);
            };
            pool.execute(Box::new(job)).unwrap();
        }
        (0..2).for_each(|_| started.recv().unwrap());
        drop(pool);
        assert_eq!(ended.load(SeqCst), 2);
    });
}

#[test]
fn a_shutdown_that_drains_runs_what_is_queued() {
    within_deadline(|| {
        let pool = Pool::new(2);
        let results = &RefCell::new(Vec::new());
        let (submitter, release) = (pool.submitter(), occupy(&pool));
        for n in 0..20 {
            submitter.submit(move || n, |outcome| results.borrow_mut().push(outcome)).unwrap();
        }
        drop(release);
        pool.shutdown(Shutdown::Drain);
        submitter.run_until_idle();
        results.borrow_mut().sort_by_key(|outcome| *outcome.as_ref().unwrap());
        assert_eq!(*results.borrow(), (0..20).map(Ok).collect::<Vec<_>>());
    });
}

#[test]
fn a_shutdown_that_discards_tells_the_submitter_of_each_queued_job() {
    within_deadline(|| {
        let pool = Pool::new(2);
        let ran = Arc::new(AtomicUsize::new(0));
        let discarded = Cell::new(0);
        let submitter = pool.submitter();
        let release = occupy(&pool);
        for _ in 0..20 {
            let ran = Arc::clone(&ran);
            let done = |outcome| {
                assert_eq!(outcome, Err(JobError::Discarded));
                discarded.set(discarded.get() + 1);
            };
            submitter.submit(move || _ = ran.fetch_add(1, SeqCst), done).unwrap();
        }
        thread::scope(|scope| {
            scope.spawn(|| pool.shutdown(Shutdown::Discard));
            submitter.run_until_idle(); // ends although the running jobs still hold the threads
            drop(release);
        });
        assert_eq!((discarded.get(), ran.load(SeqCst)), (20, 0));
        drop(submitter);
    });
}

#[test]
fn after_the_shutdown_a_job_is_refused_and_starts_no_thread() {
    within_deadline(|| {
        for used_before in [false, true] {
            let pool = Pool::new(2);
            let submitter = pool.submitter();
            if used_before {
                submitter.submit(|| (), |_| ()).unwrap();
            }
            pool.shutdown(Shutdown::Drain);
            pool.shutdown(Shutdown::Discard);
            let ids = pool.thread_ids().to_vec();
            let error = submitter.submit(|| (), |_| panic!("the job was refused")).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BrokenPipe);
            assert_eq!(submitter.run_until_idle(), usize::from(used_before));
            assert_eq!(pool.thread_ids(), ids);
        }
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

/// How many lookups run at once on `pool`, at most.
fn lookups_at_once(pool: &Pool, lookups: usize) -> usize {
    let (at_once, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let submitter = pool.submitter();
    for _ in 0..lookups {
        let (at_once, most) = (Arc::clone(&at_once), Arc::clone(&most));
        let lookup = move || {
            most.fetch_max(at_once.fetch_add(1, SeqCst) + 1, SeqCst);
            thread::sleep(Duration::from_millis(20));
            at_once.fetch_sub(1, SeqCst);
        };
        submitter.submit_in(Lane::Slow, lookup, |_| ()).unwrap();
    }
    submitter.run_until_idle();
    most.load(SeqCst)
}

#[test]
fn lookups_hold_at_most_half_the_threads_rounded_up() {
    within_deadline(|| {
        for (size, half) in [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)] {
            let most = lookups_at_once(&Pool::new(size), 2 * size);
            assert!(most <= half, "{most} lookups at once on {size} threads");
        }
        assert!(lookups_at_once(&Pool::new(2).slow_limit(9), 8) <= 2);
        assert!(lookups_at_once(&Pool::new(2).slow_limit(0), 2) == 1, "none at all would wait for ever");
    });
}

#[test]
fn a_job_behind_lookups_that_do_not_end_finds_a_thread() {
    within_deadline(|| {
        let pool = Pool::new(4);
        let submitter = pool.submitter();
        let (release, wait) = mpsc::channel::<()>();
        let wait = Arc::new(Mutex::new(wait));
        for _ in 0..8 {
            let wait = Arc::clone(&wait);
            submitter.submit_in(Lane::Slow, move || _ = wait.lock().map(|wait| wait.recv()), |_| ()).unwrap();
        }
        let (ran, seen) = mpsc::channel();
        pool.execute(Box::new(move || ran.send(()).unwrap())).unwrap();
        seen.recv().unwrap(); // with no cap, four lookups would hold the four threads
        drop(release);
        assert_eq!(submitter.run_until_idle(), 8);
    });
}

#[test]
fn the_two_lanes_are_one_queue_first_in_first_out() {
    within_deadline(|| {
        let pool = Pool::new(1);
        let order = Arc::new(Mutex::new(Vec::new()));
        let release = occupy(&pool);
        let submitter = pool.submitter();
        for n in 0..30 {
            let (order, lane) = (Arc::clone(&order), if n % 3 == 0 { Lane::Fast } else { Lane::Slow });
            submitter.submit_in(lane, move || order.lock().unwrap().push(n), |_| ()).unwrap();
        }
        drop(release);
        submitter.run_until_idle();
        assert_eq!(*order.lock().unwrap(), (0..30).collect::<Vec<_>>());
    });
}

#[test]
fn a_cancelled_job_is_told_at_once_and_never_runs() {
    within_deadline(|| {
        let pool = Pool::new(1);
        let outcome = Cell::new(None);
        let release = occupy(&pool);
        let submitter = pool.submitter();
        let job = submitter.submit(|| panic!("it was cancelled"), |told: Result<(), _>| outcome.set(Some(told)));
        let job = job.unwrap();
        assert_eq!((job.cancel(), job.cancel()), (Cancel::Cancelled, Cancel::Done));
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
        let pools: [Box<dyn Executor>; 2] =
            [Box::new(executor::threadpool(1).unwrap()), Box::new(executor::rayon(1).unwrap())];
        for pool in pools {
            let (release, wait) = mpsc::channel::<()>();
            let outcome = Cell::new(None);
            let submitter = Submitter::new(&*pool);
            submitter.submit(move || wait.recv().is_err(), |_| ()).unwrap();
            let job = submitter.submit(|| (), |told| outcome.set(Some(told))).unwrap();
            assert_eq!(thread::spawn(move || job.cancel()).join().unwrap(), Cancel::Cancelled);
            drop(release);
            submitter.run_until_idle();
            drop(submitter);
            assert_eq!(outcome.take(), Some(Err(JobError::Cancelled)));
        }
    });
}
