//! A signal that comes while the loop waits. The handler is the whole process's, so this test has a process for itself.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use event_loop::{EventLoop, Mode};
use nix::libc::{SIGUSR1, pthread_kill, pthread_self};
use nix::sys::signal::{SigHandler, Signal, signal};

extern "C" fn nothing(_: i32) {}

#[test]
fn a_signal_does_not_end_once_before_the_timer_is_due() {
    // SAFETY: the handler does nothing, so it may run at any time.
    unsafe { signal(Signal::SIGUSR1, SigHandler::Handler(nothing)) }.unwrap();
    let mut ev = EventLoop::new().unwrap();
    let ran = Rc::new(Cell::new(false));
    let runs = Rc::clone(&ran);
    ev.set_timeout(Duration::from_millis(60), move |_| runs.set(true));
    // SAFETY: it takes no argument and cannot fail.
    let waiting = unsafe { pthread_self() };
    let (end, has_ended) = channel::<()>();
    let interrupting = thread::spawn(move || {
        while has_ended.recv_timeout(Duration::from_millis(5)) == Err(RecvTimeoutError::Timeout) {
            // SAFETY: that thread joins this one, so it is still there.
            assert_eq!(unsafe { pthread_kill(waiting, SIGUSR1) }, 0);
        }
    });
    ev.run_mode(Mode::Once).unwrap();
    drop(end);
    interrupting.join().unwrap();
    assert!(ran.get(), "one iteration waits until the timer is due, and runs it");
}
