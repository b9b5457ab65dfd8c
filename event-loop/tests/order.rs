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
        move |ev: &mut EventLoop| phases.borrow_mut().push(ev.position().phase)
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
    assert_eq!(ev.position().phase, Main);
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
fn a_refreshed_timer_counts_from_the_refresh_and_one_that_has_fired_runs_again() {
    let (mut ev, seen) = (EventLoop::new().unwrap(), Log::default());
    let moved = ev.set_timeout(10 * MS, log(&seen, "moved"));
    ev.set_timeout(10 * MS, log(&seen, "stays"));
    assert!(ev.refresh(moved), "behind the other of the same duration");
    let own = Rc::new(std::cell::Cell::new(None));
    let timer = ev.set_timer(5 * MS, {
        let (own, seen) = (Rc::clone(&own), seen.clone());
        move |ev| {
            seen.borrow_mut().push("again");
            let runs = seen.borrow().iter().filter(|name| **name == "again").count();
            if runs == 2 {
                assert!(own.get().is_some_and(|own| ev.refresh(own)), "in its own callback");
            }
        }
    });
    own.set(Some(timer));
    ev.run_within(LIMIT).unwrap();
    assert_eq!(*seen.borrow(), ["again", "stays", "moved"]);
    assert!(!ev.refresh(moved), "a timeout runs once");
    assert!(ev.refresh(timer), "this one has fired and is there");
    assert!(ev.is_alive());
    ev.run_within(LIMIT).unwrap();
    assert_eq!(seen.borrow()[3..], ["again", "again"]);
    assert!(!ev.is_alive() && ev.close(timer) && !ev.refresh(timer));
}

#[test]
fn a_timeout_set_in_an_intervals_callback_runs_before_its_next_tick() {
    let (mut ev, seen) = (EventLoop::new().unwrap(), Log::default());
    ev.set_interval(5 * MS, {
        let seen = seen.clone();
        move |ev| {
            seen.borrow_mut().push("interval");
            if seen.borrow().len() > 1 {
                ev.close_current();
            } else {
                ev.set_timeout(5 * MS, log(&seen, "timeout"));
            }
        }
    });
    ev.run_within(LIMIT).unwrap();
    assert_eq!(*seen.borrow(), ["interval", "timeout", "interval"]);
}

#[test]
fn a_late_loop_runs_all_due_timers_of_one_duration_before_the_next_duration() {
    let (mut ev, seen) = (EventLoop::new().unwrap(), Log::default());
    let wait_until = |ev: &mut EventLoop, time: Duration| {
        while ev.now() < time {
            ev.update_time();
        }
    };
    ev.set_timeout(10 * MS, log(&seen, "first of 10"));
    ev.set_timeout(20 * MS, log(&seen, "20"));
    let time = ev.now() + 15 * MS;
    wait_until(&mut ev, time);
    ev.set_timeout(10 * MS, log(&seen, "second of 10"));
    let time = ev.now() + 30 * MS;
    wait_until(&mut ev, time);
    ev.run_within(LIMIT).unwrap();
    assert_eq!(*seen.borrow(), ["first of 10", "second of 10", "20"]);
}

#[test]
fn hooks_and_close_callbacks_run_in_the_order_of_libuv_the_last_first() {
    let (mut ev, seen) = (EventLoop::new().unwrap(), Log::default());
    for name in ["hook 1", "hook 2"] {
        ev.set_hook(Hook::Prepare, log(&seen, name));
    }
    for name in ["close 1", "close 2"] {
        let closed = ev.set_timeout(MS, |_| ());
        ev.close_then(closed, log(&seen, name));
    }
    ev.run_mode(Mode::NoWait).unwrap();
    assert_eq!(*seen.borrow(), ["hook 2", "hook 1", "close 2", "close 1"]);
}

#[test]
fn what_is_closed_in_a_close_callback_waits_for_the_next_iteration() {
    let (mut ev, seen) = (EventLoop::new().unwrap(), Log::default());
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
