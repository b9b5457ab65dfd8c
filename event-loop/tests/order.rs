//! Which callback runs when.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use event_loop::{EventLoop, Hook, Mode, Phase, Waker};

const LIMIT: Duration = Duration::from_secs(5);
const MS: Duration = Duration::from_millis(1);

type Log = Rc<RefCell<Vec<&'static str>>>;

fn log(log: &Log, name: &'static str) -> impl FnMut(&mut EventLoop) + use<> {
    let log = Rc::clone(log);
    move |_| log.borrow_mut().push(name)
}

#[test]
fn ticks_of_ticks_come_before_the_first_microtask_and_ticks_of_microtasks_after_the_last() {
    let (mut ev, seen) = (EventLoop::new().unwrap(), Log::default());
    let (a, b) = (seen.clone(), seen.clone());
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
    let note = |phases: &Rc<RefCell<Vec<Phase>>>| {
        let phases = Rc::clone(phases);
        move |ev: &mut EventLoop| phases.borrow_mut().push(ev.place().phase)
    };
    for hook in [Hook::Check, Hook::Idle, Hook::Prepare] {
        ev.set_hook(hook, note(&phases));
    }
    ev.set_immediate(note(&phases));
    let closed = ev.set_timeout(MS, |_| panic!("it was closed"));
    assert!(ev.close_then(closed, note(&phases)));
    let waker = Waker::new(&mut ev, note(&phases)).unwrap();
    waker.wake();
    ev.set_timeout(MS, note(&phases));
    while ev.now() < 2 * MS {
        ev.update_time();
    }
    ev.run_mode(Mode::NoWait).unwrap();
    use Phase::*;
    assert_eq!(*phases.borrow(), [Idle, Prepare, Poll, Check, Check, Closing, Timers]);
    assert_eq!(ev.place().phase, Main);
}

#[test]
fn a_default_run_looks_at_the_timers_before_anything_else() {
    let (mut ev, seen) = (EventLoop::new().unwrap(), Log::default());
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
    let (mut ev, seen) = (EventLoop::new().unwrap(), Log::default());
    let inner = seen.clone();
    ev.set_immediate(move |ev| {
        inner.borrow_mut().push("first");
        ev.set_immediate(log(&inner, "its own"));
        ev.next_tick(log(&inner, "tick"));
    });
    ev.set_immediate(log(&seen, "second"));
    assert!(ev.run_mode(Mode::NoWait).unwrap(), "one immediate is left");
    assert_eq!(*seen.borrow(), ["first", "tick", "second"]);
    assert!(!ev.run_mode(Mode::NoWait).unwrap());
    assert_eq!(seen.borrow().last(), Some(&"its own"));
}

#[test]
fn timers_run_by_deadline_and_equal_deadlines_in_the_order_in_which_they_were_set() {
    let (mut ev, seen) = (EventLoop::new().unwrap(), Log::default());
    let set = seen.clone();
    ev.set_immediate(move |ev| {
        // Within one callback the loop's clock stands still.
        for (millis, name) in [(30, "30 a"), (10, "10 a"), (20, "20"), (10, "10 b"), (30, "30 b"), (0, "0")] {
            ev.set_timeout(millis * MS, log(&set, name));
        }
    });
    ev.run_within(LIMIT).unwrap();
    assert_eq!(*seen.borrow(), ["0", "10 a", "10 b", "20", "30 a", "30 b"]);
}

#[test]
fn a_timer_closed_by_another_of_the_same_pass_does_not_run() {
    let (mut ev, seen) = (EventLoop::new().unwrap(), Log::default());
    let set = seen.clone();
    ev.set_immediate(move |ev| {
        let victim = Rc::new(std::cell::Cell::new(None));
        ev.set_timeout(MS, {
            let (victim, seen) = (Rc::clone(&victim), set.clone());
            move |ev| {
                seen.borrow_mut().push("closes the other");
                assert!(victim.get().is_some_and(|victim| ev.close(victim)));
            }
        });
        victim.set(Some(ev.set_timeout(MS, log(&set, "victim"))));
    });
    ev.run_within(LIMIT).unwrap();
    assert_eq!(*seen.borrow(), ["closes the other"]);
}

#[test]
fn a_timer_that_is_armed_anew_runs_once_at_its_new_deadline() {
    let (mut ev, seen) = (EventLoop::new().unwrap(), Log::default());
    let moved = ev.set_timeout(10 * MS, log(&seen, "moved"));
    let due = Rc::new(std::cell::Cell::new(None));
    ev.set_timeout(20 * MS, {
        let (due, seen) = (Rc::clone(&due), seen.clone());
        move |ev| {
            seen.borrow_mut().push("20");
            assert!(due.get().is_some_and(|due| ev.rearm(due, 20 * MS)), "due in this pass, and not run yet");
        }
    });
    due.set(Some(ev.set_timeout(20 * MS, log(&seen, "was due"))));
    assert!(ev.rearm(moved, 30 * MS));
    while ev.now() < 25 * MS {
        ev.update_time(); // both of 20 ms are due in the first pass
    }
    ev.run_within(LIMIT).unwrap();
    assert_eq!(*seen.borrow(), ["20", "moved", "was due"]);
    assert!(!ev.rearm(moved, MS), "it ran");
}

#[test]
fn an_interval_repeats_until_it_closes_itself() {
    let mut ev = EventLoop::new().unwrap();
    let count = Rc::new(RefCell::new(0));
    ev.set_interval(Duration::ZERO, {
        let count = Rc::clone(&count);
        move |ev| {
            *count.borrow_mut() += 1;
            if *count.borrow() == 5 {
                assert!(ev.close_current());
                assert!(!ev.close_current(), "it is closed already");
            }
        }
    });
    ev.run_within(LIMIT).unwrap();
    assert_eq!(*count.borrow(), 5);
    assert!(ev.now() >= 5 * MS, "0 became 1 ms");
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
    let (until, ticks) = (std::time::Instant::now() + 5 * MS, Rc::clone(&fired));
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
