//! Calls from other threads.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use event_loop::{EventLoop, Waker};

#[test]
fn wakes_coalesce_and_lose_no_message() {
    let mut ev = EventLoop::new().unwrap();
    let (sender, messages) = mpsc::channel();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let found = Rc::clone(&seen);
    let waker = Waker::new(&mut ev, move |ev| {
        found.borrow_mut().push(messages.try_iter().count());
        ev.stop();
    });
    let waker = waker.unwrap();
    let sending = thread::spawn(move || {
        for message in 0..500 {
            sender.send(message).unwrap();
            waker.wake();
        }
    });
    sending.join().unwrap();
    ev.run_within(Duration::from_secs(30)).unwrap();
    ev.set_timeout(Duration::from_millis(5), EventLoop::stop);
    ev.run_within(Duration::from_secs(30)).unwrap();
    assert_eq!(*seen.borrow(), [500], "one call, which found all");
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
            let sender = sender.clone();
            let waker = waker.clone();
            scope.spawn(move || {
                for message in 0..EACH {
                    sender.send(message).unwrap();
                    waker.wake();
                }
            });
        }
        ev.run_within(Duration::from_secs(30)).unwrap();
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
    ev.run_within(Duration::from_secs(30)).unwrap();
    drop(ev);
    waker.wake();
}
