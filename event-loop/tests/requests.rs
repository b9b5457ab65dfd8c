//! Requests: work for the helper thread, in batches, and its outcome for the loop.

use std::cell::{Cell, RefCell};
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use event_loop::EventLoop;

/// A chain of `left` requests of 1 ms, each asked for by the callback of the one before.
fn chain(ev: &mut EventLoop, left: usize, done: Rc<Cell<usize>>) {
    if left > 0 {
        let requested = ev.request(
            || thread::sleep(Duration::from_millis(1)),
            move |ev, ()| {
                done.set(done.get() + 1);
                chain(ev, left - 1, done);
            },
        );
        requested.unwrap();
    }
}

#[test]
fn a_chain_of_requests_starves_neither_a_timer_nor_an_immediate_nor_the_watchdog() {
    let mut ev = EventLoop::new().unwrap();
    let done = Rc::new(Cell::new(0));
    let at_timer = Rc::new(Cell::new(0));
    chain(&mut ev, 300, Rc::clone(&done));
    let so_far = Rc::clone(&done);
    let seen = Rc::clone(&at_timer);
    ev.set_timeout(Duration::from_millis(20), move |_| seen.set(so_far.get()));
    let stopped = ev.run_within(Duration::from_millis(50));
    assert_eq!(stopped.unwrap_err().kind(), ErrorKind::TimedOut);
    assert!(at_timer.get() < 300 && done.get() < 300, "{} of {} before the timer", at_timer.get(), done.get());
    ev.run_within(Duration::from_secs(20)).unwrap(); // the control: the chain is as long as it should be
    assert_eq!(done.get(), 300);
}

#[test]
fn the_loop_runs_other_callbacks_while_a_request_is_under_way() {
    let mut ev = EventLoop::new().unwrap();
    let (go, wait) = mpsc::channel();
    // A loop that did the work itself, or waited for it, would never run the immediate.
    ev.request(move || wait.recv(), |_, waited| assert_eq!(waited, Ok(()))).unwrap();
    ev.set_immediate(move |_| go.send(()).unwrap());
    ev.run_within(Duration::from_secs(30)).unwrap();
}

#[test]
fn a_request_that_is_done_while_callbacks_run_waits_for_the_next_iteration() {
    let mut ev = EventLoop::new().unwrap();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let first = Rc::clone(&seen);
    let requested = ev.request(
        || (),
        move |ev, ()| {
            let (is_done, done) = mpsc::channel();
            let second = Rc::clone(&first);
            let immediate = first;
            ev.request(move || is_done.send(()), move |_, _| second.borrow_mut().push("second request")).unwrap();
            done.recv().unwrap();
            ev.set_immediate(move |_| immediate.borrow_mut().push("immediate"));
        },
    );
    requested.unwrap();
    ev.run_within(Duration::from_secs(30)).unwrap();
    assert_eq!(*seen.borrow(), ["immediate", "second request"]);
}

#[test]
fn an_outcome_survives_the_panic_of_another_callback() {
    let mut ev = EventLoop::new().unwrap();
    let (send, served) = mpsc::channel();
    ev.request(|| (), |_, ()| panic!("the callback goes wrong")).unwrap();
    let (is_done, done) = mpsc::channel();
    ev.request(move || is_done.send(7), move |_, _| send.send(7).unwrap()).unwrap();
    assert_eq!(done.recv(), Ok(7), "both are in one batch");
    catch_unwind(AssertUnwindSafe(|| ev.run())).unwrap_err();
    ev.run_within(Duration::from_secs(30)).unwrap();
    assert_eq!(served.try_recv(), Ok(7));
}

#[test]
fn requests_are_completed_in_order_and_each_is_followed_by_its_ticks() {
    let mut ev = EventLoop::new().unwrap();
    let seen = Rc::new(RefCell::new(Vec::new()));
    for n in 0..100 {
        let seen = Rc::clone(&seen);
        let requested = ev.request(
            move || n,
            move |ev, result| {
                seen.borrow_mut().push(result);
                ev.next_tick(move |_| seen.borrow_mut().push(-n));
            },
        );
        requested.unwrap();
    }
    ev.run_within(Duration::from_secs(30)).unwrap();
    assert_eq!(*seen.borrow(), (0..100).flat_map(|n| [n, -n]).collect::<Vec<_>>());
}

#[test]
fn a_loop_that_is_dropped_first_finishes_its_requests_and_leaves_no_thread() {
    use std::sync::{Arc, atomic::AtomicUsize, atomic::Ordering::SeqCst};
    let mut ev = EventLoop::new().unwrap();
    let done = Arc::new(AtomicUsize::new(0));
    for _ in 0..3 {
        let done = Arc::clone(&done);
        ev.request(move || done.fetch_add(1, SeqCst), |_, _| panic!("the loop does not run")).unwrap();
    }
    drop(ev);
    assert_eq!((done.load(SeqCst), Arc::strong_count(&done)), (3, 1));
}

#[test]
fn a_panic_in_the_work_goes_on_in_the_loop_and_the_next_request_is_served() {
    let mut ev = EventLoop::new().unwrap();
    ev.request(|| panic!("the work goes wrong"), |_, ()| unreachable!()).unwrap();
    let (send, served) = mpsc::channel();
    ev.request(|| 7, move |_, result| send.send(result).unwrap()).unwrap();
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| ev.run())).unwrap_err();
    assert!(ev.is_alive(), "the second request is under way");
    ev.run_within(Duration::from_secs(30)).unwrap();
    assert_eq!(served.try_recv(), Ok(7));
}
