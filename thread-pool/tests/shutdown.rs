//! The end of a pool: drained, discarded, dropped.

mod common;

use common::PATIENCE;
use common::occupy;
use common::within_deadline;
use std::cell::Cell;
use std::cell::RefCell;
use std::fs;
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use thread_pool::Executor;
use thread_pool::JobError;
use thread_pool::Pool;
use thread_pool::Shutdown;
use thread_pool::rendezvous::threads_at_once;
use thread_pool::tasks;

#[test]
fn a_dropped_pool_leaves_no_thread() {
    within_deadline(|| {
        let pool = Pool::new(8);
        let ids = threads_at_once(&pool, 8, PATIENCE).unwrap();
        drop(pool);
        assert!(tasks::wait_until_gone(&ids, Duration::ZERO), "of {ids:?} some are left");
    });
}

/// Whether a thread of this process sleeps in the kernel (state `S` in proc(5)), or is no longer there.
fn sleeps_or_has_ended(thread: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/self/task/{thread}/stat"));
    stat.is_err() || stat.is_ok_and(|stat| stat.contains(") S "))
}

#[test]
fn a_dropped_pool_has_waited_for_the_jobs_that_ran() {
    within_deadline(|| {
        let pool = Pool::new(2);
        let (running, started) = mpsc::channel();
        let (gate, closed_gate) = mpsc::channel::<()>();
        let closed_gate = Arc::new(Mutex::new(closed_gate));
        let ended = Arc::new(AtomicUsize::new(0));
        for _ in 0..2 {
            let (running, closed_gate, ended) = (running.clone(), Arc::clone(&closed_gate), Arc::clone(&ended));
            let job = move || {
                running.send(()).unwrap();
                let _ = closed_gate.lock().unwrap().recv();
                ended.fetch_add(1, SeqCst);
            };
            pool.execute(Box::new(job)).unwrap();
        }
        (0..2).for_each(|_| started.recv().unwrap());
        let (queued, discarded) = mpsc::channel::<()>();
        pool.execute(Box::new(move || drop(queued))).unwrap();

        let (dropper_id, id) = mpsc::channel();
        let dropper = thread::spawn(move || {
            dropper_id.send(tasks::thread_id()).unwrap();
            drop(pool);
            ended.load(SeqCst)
        });
        let dropper_id = id.recv().unwrap();
        assert!(discarded.recv().is_err(), "the shutdown has begun: it discards the queued job");
        while !sleeps_or_has_ended(dropper_id) {
            thread::yield_now();
        }
        drop(gate); // only now can the jobs end
        assert_eq!(dropper.join().unwrap(), 2, "jobs that had ended when the drop returned");
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
