//! A signal that comes while the loop waits. The handler is the whole process's, so this test has a process for itself.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use event_loop::EventLoop;
use nix::libc::{SIGUSR1, pthread_kill, pthread_self};
use nix::sys::signal::{SigHandler, Signal, signal};

extern "C" fn nothing(_: i32) {}

#[test]
fn signals_make_neither_the_run_fail_nor_a_timer_early() {
    // SAFETY: the handler does nothing, so it may run at any time.
    unsafe { signal(Signal::SIGUSR1, SigHandler::Handler(nothing)) }.unwrap();
    let mut ev = EventLoop::new().unwrap();
    let after = Duration::from_millis(60);
    let ran_at = Rc::new(Cell::new(Duration::ZERO));
    let runs = Rc::clone(&ran_at);
    ev.set_timeout(after, move |ev| runs.set(ev.now()));
    let due = ev.now() + after;
    // SAFETY: it takes no argument and cannot fail.
    let waiting = unsafe { pthread_self() };
    let (end, has_ended) = channel::<()>();
    let interrupting = thread::spawn(move || {
        while has_ended.recv_timeout(Duration::from_millis(5)) == Err(RecvTimeoutError::Timeout) {
            // SAFETY: that thread joins this one, so it is still there.
            assert_eq!(unsafe { pthread_kill(waiting, SIGUSR1) }, 0);
        }
    });
    ev.run().unwrap();
    drop(end);
    interrupting.join().unwrap();
    assert!(ran_at.get() >= due, "the loop waited for the rest of the time: {:?}, {due:?}", ran_at.get());
}
