//! What the chapter offers to others, and the lessons' numbers.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use event_loop::lessons::blocking::disturb;
use event_loop::lessons::echo::{LOCAL, callback_threads};
use event_loop::lessons::files::{ask_beside_the_loop, poll_for};
use event_loop::lessons::phases::order;
use event_loop::lessons::starvation::starve;
use event_loop::{EventLoop, Waker};
use nix::errno::Errno;
use nix::unistd::gettid;

/// Has callbacks of every kind run in a loop on this thread, and returns the threads on which each kind ran.
fn threads_by_kind() -> BTreeMap<&'static str, BTreeSet<i32>> {
    let mut ev = EventLoop::new().unwrap();
    let log = Rc::new(RefCell::new(BTreeMap::new()));
    let seen = Rc::clone(&log);
    let note = move |ev: &mut EventLoop| {
        let mut seen = seen.borrow_mut();
        seen.entry(ev.position().kind).or_insert_with(BTreeSet::new).insert(gettid().as_raw());
    };
    ev.next_tick(note.clone());
    ev.queue_microtask(note.clone());
    ev.set_timeout(Duration::ZERO, note.clone());
    ev.set_immediate(note.clone());
    let closed = ev.set_timeout(Duration::ZERO, |_| ());
    ev.close_then(closed, note.clone());
    let connected = note.clone();
    let listener = ev.listen(LOCAL, move |ev, stream| {
        connected(ev);
        ev.close_current();
        let received = connected.clone();
        stream
            .unwrap()
            .on_data(ev, move |ev, stream, bytes| {
                received(ev);
                assert_eq!(bytes.unwrap(), b"?");
                ev.close(stream);
            })
            .unwrap();
    });
    let mut client = TcpStream::connect(listener.unwrap().1).unwrap();
    client.write_all(b"?").unwrap();
    let woken = note.clone();
    let waker = Waker::new(&mut ev, move |ev| {
        woken(ev);
        ev.close_current();
    });
    let waker = waker.unwrap();
    ev.request(move || waker.wake(), move |ev, ()| note(ev)).unwrap();
    ev.run_within(Duration::from_secs(30)).unwrap();
    log.take()
}

#[test]
fn every_kind_of_callback_runs_on_the_thread_that_runs_the_loop() {
    let seen = threads_by_kind();
    let kinds = ["close", "connection", "data", "immediate", "microtask", "request", "tick", "timer", "wake-up"];
    assert!(seen.keys().eq(&kinds), "{seen:?}");
    let me = BTreeSet::from([gettid().as_raw()]);
    assert!(seen.values().all(|threads| *threads == me), "{me:?}: {seen:?}");
    let elsewhere = thread::spawn(threads_by_kind).join().unwrap();
    assert!(elsewhere.values().all(|threads| threads.len() == 1 && *threads != me), "it belongs to no thread");
}

#[test]
fn the_clients_of_a_loop_are_answered_on_its_thread() {
    let seen = callback_threads(2).unwrap();
    let me = gettid().as_raw();
    let mut kinds: Vec<_> = seen.iter().map(|seen| seen.kind).collect();
    kinds.sort_unstable(); // a timer of the main script against an immediate has no defined order
    assert_eq!(kinds, ["data", "data", "immediate", "microtask", "tick", "timer"]);
    assert!(seen.iter().all(|seen| seen.thread == me && seen.threads >= 1), "{me}: {seen:?}");
}

#[test]
fn a_blocking_callback_makes_an_innocent_client_wait() {
    let block = Duration::from_millis(60);
    let wait = disturb(block).unwrap();
    assert!(wait >= block, "{wait:?}");
}

#[test]
fn a_blocking_callback_makes_timers_late() {
    let block = Duration::from_millis(60);
    let mut ev = EventLoop::new().unwrap();
    let delay = ev.monitor_delay(Duration::from_millis(1));
    ev.set_immediate(move |_| {
        let start = Instant::now();
        while start.elapsed() < block {}
    });
    ev.set_timeout(2 * block, |_| ());
    ev.run_within(Duration::from_secs(30)).unwrap();
    assert!(delay.get() >= block / 2, "the monitor ticks every millisecond: {:?}", delay.get());
}

#[test]
fn ticks_starve_a_timer_and_immediates_do_not() {
    let (callbacks, before_timer) = starve(false).unwrap();
    assert_eq!(callbacks, before_timer);
    let (callbacks, before_timer) = starve(true).unwrap();
    assert!(before_timer < callbacks, "{before_timer} of {callbacks}");
}

#[test]
fn an_unreferenced_timer_fires_only_where_something_else_keeps_the_loop_alive() {
    assert_eq!((fires(false, false), fires(true, false), fires(true, true)), (true, false, true));
}

/// Whether a timer of 10 ms fired before its loop ended. With `unref` the timer does not keep the loop alive; with
/// `other` a second timer does, for twice the time.
fn fires(unref: bool, other: bool) -> bool {
    let mut ev = EventLoop::new().unwrap();
    let fired = Rc::new(Cell::new(false));
    let firing = Rc::clone(&fired);
    let timer = ev.set_timeout(Duration::from_millis(10), move |_| firing.set(true));
    if unref {
        ev.unref(timer);
    }
    if other {
        ev.set_timeout(Duration::from_millis(20), |_| ());
    }
    ev.run().unwrap();
    fired.get()
}

#[test]
fn epoll_refuses_a_file_and_a_thread_reads_it_beside_the_loop() {
    assert_eq!(poll_for(std::fs::File::open("/proc/self/exe").unwrap()), Err(Errno::EPERM));
    assert_eq!(poll_for(std::io::pipe().unwrap().0), Ok(()));
    let (worker, callback) = ask_beside_the_loop().unwrap();
    assert_eq!(callback, gettid().as_raw());
    assert_ne!(worker, callback);
}

#[test]
fn an_io_callback_is_followed_by_its_own_ticks_and_a_timer_never_passes_an_immediate_inside_an_io_callback() {
    let order: Vec<_> = order().unwrap().into_iter().map(|seen| seen.position.kind).collect();
    assert_eq!(order, ["request", "tick", "microtask", "immediate", "timer"]);
    for _ in 0..20 {
        assert!(immediate_is_first(true), "the timer is due, but poll is followed by check");
    }
    for _ in 0..5 {
        assert!(!immediate_is_first(false), "the timer is due when the loop starts");
    }
}

/// A timer of 0 ms, which is one of 1 ms, against an immediate. They are set by the main script or by an I/O callback,
/// which then computes until the timer is due.
fn immediate_is_first(in_io_callback: bool) -> bool {
    let mut ev = EventLoop::new().unwrap();
    let timer_ran = Rc::new(Cell::new(false));
    let is_first = Rc::new(Cell::new(false));
    let seen = Rc::clone(&is_first);
    let start = move |ev: &mut EventLoop| {
        let ran = Rc::clone(&timer_ran);
        ev.set_timeout(Duration::ZERO, move |_| ran.set(true));
        ev.set_immediate(move |_| seen.set(!timer_ran.get()));
        let set = ev.now();
        while ev.now() < set + Duration::from_millis(2) {
            ev.update_time();
        }
    };
    if in_io_callback {
        ev.request(|| (), |ev, ()| start(ev)).unwrap();
    } else {
        start(&mut ev);
    }
    ev.run().unwrap();
    is_first.get()
}

#[test]
fn the_delay_monitor_does_not_keep_its_loop_alive() {
    let mut ev = EventLoop::new().unwrap();
    let delay = ev.monitor_delay(Duration::from_millis(1));
    assert!(!ev.run().unwrap());
    assert_eq!(delay.get(), Duration::ZERO);
    ev.set_timeout(Duration::from_millis(20), |_| ());
    ev.run_within(Duration::from_secs(30)).unwrap();
    assert!(!ev.is_alive());
    assert!(delay.get() > Duration::ZERO, "by another clock than the loop's");
}

#[test]
fn a_port_in_use_is_an_error() {
    let mut ev = EventLoop::new().unwrap();
    let (_, again) = ev.listen(LOCAL, |_, _| ()).unwrap();
    assert_eq!(ev.listen(again, |_, _| ()).unwrap_err().kind(), ErrorKind::AddrInUse);
}
