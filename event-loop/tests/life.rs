//! When the loop ends, and what it survives.

use std::cell::{Cell, RefCell};
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::{Duration, Instant};

use event_loop::{EventLoop, Waker};

const LIMIT: Duration = Duration::from_secs(30);
const MS: Duration = Duration::from_millis(1);
const LONG: Duration = Duration::from_secs(3600);

#[test]
fn a_loop_with_nothing_to_do_ends_at_once() {
    assert!(!EventLoop::new().unwrap().run().unwrap());
}

#[test]
fn an_unreferenced_timer_does_not_keep_the_loop_alive_but_runs_while_something_else_does() {
    let mut ev = EventLoop::new().unwrap();
    let ran = Rc::new(Cell::new(false));
    let timer = ev.set_timeout(LONG, |_| ());
    ev.unref(timer);
    assert!(!ev.run().unwrap());
    ev.reference(timer);
    assert!(ev.is_alive());
    ev.close(timer);

    let early = ev.set_timeout(MS, {
        let ran = Rc::clone(&ran);
        move |_| ran.set(true)
    });
    ev.unref(early);
    ev.set_timeout(5 * MS, |_| ());
    ev.run_within(LIMIT).unwrap();
    assert!(ran.get());
}

#[test]
fn a_waker_keeps_the_loop_alive_until_it_is_closed_or_unreferenced() {
    let mut ev = EventLoop::new().unwrap();
    let waker = Waker::new(&mut ev, |_| ()).unwrap();
    assert!(ev.is_alive());
    ev.unref(waker.handle());
    assert!(!ev.is_alive());
    ev.reference(waker.handle());
    assert!(ev.is_alive());
    assert!(ev.close(waker.handle()) && !ev.close(waker.handle()));
    assert!(!ev.run().unwrap());
    waker.wake();
}

#[test]
fn the_handle_of_what_is_closed_names_nothing_newer() {
    let mut ev = EventLoop::new().unwrap();
    let first = ev.set_timeout(LONG, |_| ());
    assert!(ev.close(first));
    let second = ev.set_timeout(LONG, |_| ());
    ev.unref(first);
    assert!(!ev.refresh(first) && !ev.close(first));
    assert!(ev.is_alive() && ev.close(second));
}

#[test]
fn a_timer_of_the_longest_time_is_never_due_and_can_be_closed() {
    for after in [Duration::from_millis(u64::MAX), Duration::MAX] {
        let mut ev = EventLoop::new().unwrap();
        let never = ev.set_timeout(after, |_| panic!("nobody can wait this long"));
        ev.set_timeout(5 * MS, move |ev| assert!(ev.close(never)));
        ev.run_within(LIMIT).unwrap();
    }
}

#[test]
fn waiting_costs_no_iterations() {
    let mut ev = EventLoop::new().unwrap();
    let iterations = Rc::new(Cell::new(0));
    let seen = Rc::clone(&iterations);
    ev.set_timeout(100 * MS, move |ev| seen.set(ev.position().iteration));
    ev.run_within(LIMIT).unwrap();
    assert!(iterations.get() <= 3, "{} iterations", iterations.get());
}

#[test]
fn stop_ends_the_run_and_leaves_what_is_active() {
    let mut ev = EventLoop::new().unwrap();
    let timer = ev.set_timeout(LONG, |_| ());
    ev.set_immediate(|ev| ev.stop());
    assert!(ev.run().unwrap(), "the timer is still there");
    ev.stop();
    assert!(ev.run().unwrap(), "stopped before it began");
    ev.close(timer);
    assert!(!ev.run().unwrap());
}

#[test]
fn the_watchdog_stops_a_loop_that_does_not_end() {
    let mut ev = EventLoop::new().unwrap();
    ev.set_timeout(LONG, |_| ());
    assert_eq!(ev.run_within(5 * MS).unwrap_err().kind(), ErrorKind::TimedOut);
}

#[test]
fn a_timer_runs_at_the_end_of_the_iteration_that_waited_for_it() {
    let mut ev = EventLoop::new().unwrap();
    let iteration = Rc::new(Cell::new(0));
    let seen = Rc::clone(&iteration);
    ev.set_timeout(5 * MS, move |ev| seen.set(ev.position().iteration));
    ev.run_within(LIMIT).unwrap();
    assert_eq!(iteration.get(), 1);
}

#[test]
fn a_callback_that_runs_the_loop_gets_an_error() {
    let mut ev = EventLoop::new().unwrap();
    let kind = Rc::new(Cell::new(None));
    ev.set_immediate({
        let kind = Rc::clone(&kind);
        move |ev| kind.set(ev.run().err().map(|error| error.kind()))
    });
    ev.run_within(LIMIT).unwrap();
    assert_eq!(kind.get(), Some(ErrorKind::Deadlock));
}

#[test]
fn a_panic_leaves_run_closes_its_own_handle_and_loses_nothing_else() {
    let mut ev = EventLoop::new().unwrap();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let push = |seen: &Rc<RefCell<Vec<&'static str>>>, name| {
        let seen = Rc::clone(seen);
        move |_: &mut EventLoop| seen.borrow_mut().push(name)
    };
    let logs = Rc::clone(&seen);
    let wakers = Rc::new(RefCell::new(Vec::new()));
    let kept = Rc::clone(&wakers);
    ev.set_immediate(move |ev| {
        ev.set_interval(MS, |_| panic!("an interval goes wrong"));
        ev.set_timeout(MS, push(&logs, "timer behind it"));
        ev.set_immediate(|_| panic!("an immediate goes wrong"));
        ev.set_immediate(push(&logs, "immediate behind it"));
        for wrong in [true, false] {
            let log = Rc::clone(&logs);
            let waker = Waker::new(ev, move |ev| {
                assert!(!wrong, "a waker goes wrong");
                log.borrow_mut().push("waker behind it");
                ev.close_current();
            });
            let waker = waker.unwrap();
            waker.wake();
            kept.borrow_mut().push(waker);
        }
    });
    let mut panics = 0;
    while catch_unwind(AssertUnwindSafe(|| ev.run_within(LIMIT))).is_err() {
        panics += 1;
    }
    assert_eq!(panics, 3);
    seen.borrow_mut().sort_unstable();
    assert_eq!(*seen.borrow(), ["immediate behind it", "timer behind it", "waker behind it"]);
    assert!(!ev.is_alive(), "the three that went wrong are closed");
}

#[test]
fn a_hundred_thousand_timers_half_of_them_closed_run_once_each() {
    let mut ev = EventLoop::new().unwrap();
    let count = Rc::new(Cell::new(0));
    let start = Instant::now();
    let timers: Vec<_> = (0..100_000_u32)
        .map(|n| {
            let count = Rc::clone(&count);
            ev.set_timeout((n % 10) * MS, move |_| count.set(count.get() + 1))
        })
        .collect();
    for timer in timers.iter().step_by(2) {
        // Some may be due, none has run.
        assert!(ev.close(*timer));
    }
    ev.run_within(LIMIT).unwrap();
    assert_eq!(count.get(), 50_000, "after {:?}", start.elapsed());
}

#[test]
fn the_time_moves_on_in_an_empty_loop() {
    let mut ev = EventLoop::new().unwrap();
    let before = ev.now();
    let began = Instant::now();
    while began.elapsed() < 3 * MS {}
    ev.run().unwrap();
    assert!(ev.now() > before);
}

#[test]
fn a_stop_before_a_panic_does_not_end_the_next_run() {
    let mut ev = EventLoop::new().unwrap();
    let ran = Rc::new(Cell::new(false));
    ev.set_immediate(|ev| {
        ev.stop();
        panic!("after stop");
    });
    catch_unwind(AssertUnwindSafe(|| ev.run())).unwrap_err();
    let runs = Rc::clone(&ran);
    ev.set_timeout(MS, move |_| runs.set(true));
    ev.run_within(LIMIT).unwrap();
    assert!(ran.get());
}
