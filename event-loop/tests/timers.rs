//! When timers run, and in which order.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use event_loop::EventLoop;

const LIMIT: Duration = Duration::from_secs(30);
const MS: Duration = Duration::from_millis(1);

type Log = Rc<RefCell<Vec<&'static str>>>;

fn log(log: &Log, name: &'static str) -> impl FnMut(&mut EventLoop) + use<> {
    let log = Rc::clone(log);
    move |_| log.borrow_mut().push(name)
}

#[test]
fn timers_run_by_deadline_and_equal_deadlines_in_the_order_in_which_they_were_set() {
    let mut ev = EventLoop::new().unwrap();
    let seen = Log::default();
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
    let mut ev = EventLoop::new().unwrap();
    let seen = Log::default();
    let set = seen.clone();
    ev.set_immediate(move |ev| {
        let victim = Rc::new(std::cell::Cell::new(None));
        ev.set_timeout(MS, {
            let victim = Rc::clone(&victim);
            let seen = set.clone();
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
    let mut ev = EventLoop::new().unwrap();
    let seen = Log::default();
    let moved = ev.set_timeout(10 * MS, log(&seen, "moved"));
    ev.set_timeout(10 * MS, log(&seen, "stays"));
    assert!(ev.refresh(moved), "behind the other of the same duration");
    let own = Rc::new(std::cell::Cell::new(None));
    let timer = ev.set_timer(5 * MS, {
        let own = Rc::clone(&own);
        let seen = seen.clone();
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
    let mut ev = EventLoop::new().unwrap();
    let seen = Log::default();
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

fn wait_until(ev: &mut EventLoop, time: Duration) {
    while ev.now() < time {
        ev.update_time();
    }
}

#[test]
fn a_late_loop_runs_all_due_timers_of_one_duration_before_the_next_duration() {
    let mut ev = EventLoop::new().unwrap();
    let seen = Log::default();
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
fn the_list_of_a_refreshed_timer_keeps_its_place_as_in_node() {
    let mut ev = EventLoop::new().unwrap();
    let seen = Log::default();
    let refreshed = ev.set_timeout(10 * MS, log(&seen, "10"));
    ev.set_timeout(12 * MS, log(&seen, "12"));
    let time = ev.now() + 5 * MS;
    wait_until(&mut ev, time);
    assert!(ev.refresh(refreshed), "it is due after the other now");
    let time = ev.now() + 30 * MS;
    wait_until(&mut ev, time);
    ev.run_within(LIMIT).unwrap();
    assert_eq!(*seen.borrow(), ["10", "12"]);
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
