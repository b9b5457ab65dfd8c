//! Slow I/O: the cap on its threads, and its place in the queue.

mod common;

use common::PATIENCE;
use common::occupy;
use common::within_deadline;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::mpsc;
use thread_pool::Pool;
use thread_pool::WorkKind;
use thread_pool::rendezvous::threads_at_once;

/// Runs twice as many lookups as there are threads, and holds them until `half` have begun and as many ordinary jobs as
/// there are other threads have met: so exactly `half` of the threads run lookups.
fn exactly_half_run_lookups(size: usize, half: usize) {
    let pool = Pool::new(size);
    let submitter = pool.submitter();
    let (begun_tx, begun_rx) = mpsc::channel();
    let (release, wait) = mpsc::channel::<()>();
    let wait = Arc::new(Mutex::new(wait));
    for _ in 0..2 * size {
        let (begun_tx, wait) = (begun_tx.clone(), Arc::clone(&wait));
        let lookup = move || {
            begun_tx.send(()).unwrap();
            let _ = wait.lock().unwrap().recv();
        };
        submitter.submit_as(WorkKind::SlowIo, lookup, |_| ()).unwrap();
    }
    for n in 0..half {
        begun_rx.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("only {n} lookups at once on {size} threads"));
    }
    threads_at_once(&pool, size - half, PATIENCE).expect("lookups hold more than half of the threads");
    assert!(begun_rx.try_recv().is_err(), "more than {half} lookups at once on {size} threads");
    drop(release);
    assert_eq!(submitter.run_until_idle(), 2 * size);
}

#[test]
fn lookups_hold_half_the_threads_rounded_up_no_more_and_no_fewer() {
    within_deadline(|| {
        for (size, half) in [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)] {
            exactly_half_run_lookups(size, half);
        }
    });
}

#[test]
fn after_each_slow_job_the_marker_goes_to_the_end_of_the_queue() {
    within_deadline(|| {
        let pool = Pool::new(1);
        let order = Arc::new(Mutex::new(Vec::new()));
        let release = occupy(&pool);
        let submitter = pool.submitter();
        use WorkKind::{Ordinary, SlowIo};
        for (name, kind) in [("S1", SlowIo), ("S2", SlowIo), ("O1", Ordinary), ("O2", Ordinary)] {
            let order = Arc::clone(&order);
            submitter.submit_as(kind, move || order.lock().unwrap().push(name), |_| ()).unwrap();
        }
        drop(release);
        submitter.run_until_idle();
        assert_eq!(*order.lock().unwrap(), ["S1", "O1", "O2", "S2"], "the order of libuv");
    });
}
