//! What the chapter offers to others, and the lessons' numbers.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use event_loop::blocking::{disturb, lateness};
use event_loop::phases::{immediate_first, order};
use event_loop::threads::{KINDS, callback_threads};
use event_loop::wakeup::{Woken, wake};
use event_loop::{DelayMonitor, EventLoop, Waker};
use nix::unistd::gettid;

#[test]
fn every_kind_of_callback_runs_on_the_thread_that_runs_the_loop() {
    let seen = callback_threads().unwrap();
    let me = gettid().as_raw();
    assert!(seen.iter().map(|seen| seen.kind).eq(KINDS));
    assert!(seen.iter().all(|seen| seen.thread == me && seen.threads >= 1), "{me}: {seen:?}");
    let elsewhere = thread::spawn(callback_threads).join().unwrap().unwrap();
    assert!(elsewhere.iter().all(|seen| seen.thread != me), "the loop belongs to no thread in particular");
}

#[test]
fn a_blocking_callback_makes_an_innocent_timer_late() {
    let block = Duration::from_millis(60);
    let late = lateness(Some(block)).unwrap();
    assert!(late >= block - Duration::from_millis(1), "{late:?}");
    let seen = disturb(Some(block)).unwrap();
    assert!(seen.delay >= block - Duration::from_millis(1) && seen.utilization.active >= block, "{seen:?}");
}

#[test]
fn the_main_script_starts_with_its_own_ticks_and_a_timer_never_passes_an_immediate_inside_an_io_callback() {
    let order: Vec<_> = order().unwrap().into_iter().map(|(name, _)| name).collect();
    assert_eq!(order[..3], ["main script", "tick", "microtask"]);
    assert_eq!(order.len(), 12);
    assert_eq!(immediate_first(20, true, Duration::from_millis(1)).unwrap(), 20);
    assert_eq!(immediate_first(5, false, Duration::from_millis(2)).unwrap(), 0);
}

#[test]
fn wakes_coalesce_and_lose_no_message() {
    assert_eq!(wake(500, false).unwrap(), Woken { calls: 1, messages: 500 });
    assert_eq!(wake(500, true).unwrap(), Woken { calls: 500, messages: 500 });
}

#[test]
fn wakes_of_many_threads_lose_no_message() {
    const THREADS: usize = 8;
    const EACH: usize = 2_000;
    let (sender, receiver) = mpsc::channel();
    let mut ev = EventLoop::new().unwrap();
    let mut found = 0;
    let waker = Waker::new(&mut ev, move |ev| {
        found += receiver.try_iter().count();
        if found == THREADS * EACH {
            ev.close_current();
        }
    });
    let waker = waker.unwrap();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            let (sender, waker) = (sender.clone(), waker.clone());
            scope.spawn(move || {
                for message in 0..EACH {
                    sender.send(message).unwrap();
                    waker.wake();
                }
            });
        }
        ev.run_within(Duration::from_secs(5)).unwrap();
    });
}

#[test]
fn a_wake_from_the_callback_itself_leads_to_another_call_and_one_after_the_loop_to_nothing() {
    let mut ev = EventLoop::new().unwrap();
    let (hand, own) = mpsc::channel::<Waker>();
    let mut calls = 0;
    let waker = Waker::new(&mut ev, move |ev| {
        calls += 1;
        if calls == 3 {
            ev.close_current();
        } else {
            let own = own.recv().unwrap();
            own.wake();
        }
    });
    let waker = waker.unwrap();
    hand.send(waker.clone()).unwrap();
    hand.send(waker.clone()).unwrap();
    waker.wake();
    ev.run_within(Duration::from_secs(5)).unwrap();
    drop(ev);
    waker.wake();
}

#[test]
fn the_delay_monitor_does_not_keep_its_loop_alive() {
    let mut ev = EventLoop::new().unwrap();
    let monitor = DelayMonitor::start(&mut ev, Duration::from_millis(1));
    assert!(!ev.run().unwrap());
    assert_eq!(monitor.max(), None);
    ev.set_timeout(Duration::from_millis(20), |_| ());
    ev.run_within(Duration::from_secs(5)).unwrap();
    assert!(!monitor.samples().is_empty());
    assert!(ev.close(monitor.handle()));
}
