//! Which callback runs when.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use event_loop::{EventLoop, Phase, Waker};

const LIMIT: Duration = Duration::from_secs(30);
const MS: Duration = Duration::from_millis(1);

type Log = Rc<RefCell<Vec<&'static str>>>;

fn log(log: &Log, name: &'static str) -> impl FnMut(&mut EventLoop) + use<> {
    let log = Rc::clone(log);
    move |_| log.borrow_mut().push(name)
}

#[test]
fn ticks_of_ticks_come_before_the_first_microtask_and_ticks_of_microtasks_after_the_last() {
    let mut ev = EventLoop::new().unwrap();
    let seen = Log::default();
    let a = seen.clone();
    let b = seen.clone();
    ev.queue_microtask(move |ev| {
        a.borrow_mut().push("microtask 1");
        ev.next_tick(log(&a, "tick of microtask 1"));
        ev.queue_microtask(log(&a, "microtask of microtask 1"));
    });
    ev.queue_microtask(log(&seen, "microtask 2"));
    ev.next_tick(move |ev| {
        b.borrow_mut().push("tick 1");
        ev.next_tick(log(&b, "tick of tick 1"));
    });
    ev.next_tick(log(&seen, "tick 2"));
    assert!(!ev.run().unwrap());
    let order = ["tick 1", "tick 2", "tick of tick 1", "microtask 1", "microtask 2", "microtask of microtask 1"];
    assert_eq!(*seen.borrow(), [&order[..], &["tick of microtask 1"]].concat());
}

#[test]
fn the_phases_of_one_iteration_come_in_the_order_of_libuv() {
    let mut ev = EventLoop::new().unwrap();
    let phases = Rc::new(RefCell::new(Vec::new()));
    let seen = Rc::clone(&phases);
    let note = move |ev: &mut EventLoop| seen.borrow_mut().push((ev.position().iteration, ev.position().phase));
    ev.set_immediate(note.clone());
    let closed = ev.set_timeout(MS, |_| panic!("it was closed"));
    assert!(ev.close_then(closed, note.clone()));
    let waker = Waker::new(&mut ev, move |ev| {
        note(ev);
        ev.close_current();
        ev.set_timeout(MS, note.clone());
        let due = ev.now() + MS;
        while ev.now() < due {
            ev.update_time();
        }
    });
    waker.unwrap().wake();
    ev.run_within(LIMIT).unwrap();
    use Phase::*;
    assert_eq!(*phases.borrow(), [Poll, Check, Closing, Timers].map(|phase| (1, phase)));
    assert_eq!(ev.position().phase, Main);
}

#[test]
fn a_run_looks_at_the_timers_before_anything_else() {
    let mut ev = EventLoop::new().unwrap();
    let seen = Log::default();
    ev.set_timeout(MS, log(&seen, "timer"));
    ev.set_immediate(log(&seen, "immediate"));
    while ev.now() < 2 * MS {
        ev.update_time();
    }
    ev.run_within(LIMIT).unwrap();
    assert_eq!(*seen.borrow(), ["timer", "immediate"]);
}

#[test]
fn an_immediate_of_an_immediate_waits_for_the_next_iteration() {
    let mut ev = EventLoop::new().unwrap();
    let seen = Log::default();
    let inner = seen.clone();
    ev.set_immediate(move |ev| {
        inner.borrow_mut().push("first");
        ev.set_immediate(log(&inner, "its own"));
        ev.next_tick(log(&inner, "tick"));
    });
    ev.set_immediate(log(&seen, "second"));
    ev.set_immediate(EventLoop::stop);
    assert!(ev.run().unwrap(), "one immediate is left");
    assert_eq!(*seen.borrow(), ["first", "tick", "second"]);
    assert!(!ev.run().unwrap());
    assert_eq!(seen.borrow().last(), Some(&"its own"));
}

#[test]
fn close_callbacks_run_in_the_order_of_libuv_the_last_first() {
    let mut ev = EventLoop::new().unwrap();
    let seen = Log::default();
    for name in ["close 1", "close 2"] {
        let closed = ev.set_timeout(MS, |_| ());
        ev.close_then(closed, log(&seen, name));
    }
    ev.run_within(LIMIT).unwrap();
    assert_eq!(*seen.borrow(), ["close 2", "close 1"]);
}

#[test]
fn what_is_closed_in_a_close_callback_waits_for_the_next_iteration() {
    let mut ev = EventLoop::new().unwrap();
    let seen = Log::default();
    let first = ev.set_timeout(MS, |_| ());
    let inner = seen.clone();
    ev.close_then(first, move |ev| {
        let second = ev.set_timeout(MS, |_| ());
        ev.close_then(second, log(&inner, "second"));
        ev.set_immediate(log(&inner, "immediate"));
    });
    ev.run_within(LIMIT).unwrap();
    assert_eq!(*seen.borrow(), ["immediate", "second"]);
}

#[test]
fn ticks_starve_timers_and_immediates_do_not() {
    let mut ev = EventLoop::new().unwrap();
    let fired = Rc::new(std::cell::Cell::new(false));
    ev.set_timeout(MS, {
        let fired = Rc::clone(&fired);
        move |_| fired.set(true)
    });
    fn tick(ev: &mut EventLoop, fired: Rc<std::cell::Cell<bool>>, until: std::time::Instant) {
        assert!(!fired.get(), "no timer between ticks");
        if std::time::Instant::now() < until {
            ev.next_tick(move |ev| tick(ev, fired, until));
        }
    }
    fn immediate(ev: &mut EventLoop, fired: Rc<std::cell::Cell<bool>>) {
        if !fired.get() {
            ev.set_immediate(move |ev| immediate(ev, fired));
        }
    }
    let until = std::time::Instant::now() + 5 * MS;
    let ticks = Rc::clone(&fired);
    ev.next_tick(move |ev| tick(ev, ticks, until));
    ev.run_within(LIMIT).unwrap();
    assert!(fired.take());

    ev.set_timeout(5 * MS, {
        let fired = Rc::clone(&fired);
        move |_| fired.set(true)
    });
    immediate(&mut ev, Rc::clone(&fired));
    ev.run_within(LIMIT).unwrap();
    assert!(fired.get());
}
