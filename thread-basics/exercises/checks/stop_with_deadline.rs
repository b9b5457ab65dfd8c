//! The checks of the exercise `stop_with_deadline`.

use std::panic;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::unistd::gettid;

use answer::{End, Stop, Worker};
use harness::watch::{Watcher, falls_asleep};
use harness::{Check, Failure, Outcome, ensure, equal, failure};

#[forbid(unsafe_code)]
#[path = "../stop_with_deadline.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "stop returns after the work has ended, not before",
        hint: "to ask is not enough: wait until the thread says that it has ended",
        more: "wait on a condition variable for `ended`, then join the thread",
        run: waits_for_the_end,
    },
    Check {
        name: "at the deadline stop gives up and returns the worker",
        hint: "join() waits without a limit: do not call it before the work has ended",
        more: "wait_timeout_while says whether it timed out; if `ended` is still false, return Err(self)",
        run: gives_up,
    },
    Check {
        name: "a worker that was late can be stopped later",
        hint: "the worker that is given back still has its thread, and still knows whether the work has ended",
        more: "a JoinHandle that is dropped detaches its thread: keep it in the worker until you join",
        run: stopped_later,
    },
    Check {
        name: "a work that panicked has ended, too",
        hint: "a panic skips the lines after the call of the work: note the end where it runs in any case",
        more: "catch_unwind around the work, or a destructor that sets `ended` and notifies; join() says that it panicked",
        run: panicked,
    },
    Check {
        name: "a work that sleeps in Stop::wait is woken by the request",
        hint: "stop must wake the thread: notify the condition variable on which Stop::wait sleeps",
        more: "thread::sleep cannot be ended early; wait_timeout_while can",
        run: woken,
    },
    Check {
        name: "Stop::wait sleeps until then",
        hint: "do not look at a flag every millisecond: sleep on a condition variable with a time limit",
        more: "wait_timeout_while(guard, time, |state| !state.requested)",
        run: work_sleeps,
    },
    Check {
        name: "stop sleeps until the work has ended",
        hint: "do not ask is_finished() again and again: let the thread wake you when it ends",
        more: "the thread sets `ended` under the lock and calls notify_all",
        run: stop_sleeps,
    },
];

/// Longer than any answer needs, shorter than a check may take.
const LONG: Duration = Duration::from_secs(6);
const HOUR: Duration = Duration::from_secs(3600);

fn main() -> ExitCode {
    harness::run("thread-basics stop_with_deadline", CHECKS)
}

fn ended(result: Result<End, Worker>) -> Result<End, Failure> {
    result.map_err(|_| failure("stop gave up, although the work ends as soon as it is asked"))
}

/// The work ends once it sees that the main thread sleeps, which is in `stop`.
fn waits_for_the_end() -> Outcome {
    let main = gettid();
    let ended_flag = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&ended_flag);
    let worker = Worker::start(move |stop: &Stop| {
        while !stop.requested() {
            thread::yield_now();
        }
        falls_asleep(main);
        flag.store(true, SeqCst);
    });
    let end = ended(worker.stop(LONG))?;
    ensure(ended_flag.load(SeqCst), "stop returned Ok", "the work had ended before", "it still worked")?;
    equal("how the work ended", &end, &End::Returned)
}

/// A worker that ends only after it was released; five seconds later in any case.
fn stubborn() -> (Worker, mpsc::Sender<()>, Arc<AtomicBool>) {
    let (release, released) = mpsc::channel();
    let ended_flag = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&ended_flag);
    let worker = Worker::start(move |_: &Stop| {
        let _ = released.recv_timeout(Duration::from_secs(5));
        flag.store(true, SeqCst);
    });
    (worker, release, ended_flag)
}

fn gives_up() -> Outcome {
    let (worker, release, ended_flag) = stubborn();
    let result = worker.stop(Duration::from_millis(50));
    let still_works = !ended_flag.load(SeqCst);
    drop(release);
    let gave_up = result.is_err() && still_works;
    let actual = if result.is_ok() { "it returned Ok" } else { "it waited for the end" };
    ensure(gave_up, "the work goes on after the request", "stop returns Err while it still works", actual)
}

fn stopped_later() -> Outcome {
    let (worker, release, ended_flag) = stubborn();
    let Err(worker) = worker.stop(Duration::from_millis(50)) else {
        return Err(failure("stop returned Ok, although the work goes on"));
    };
    let Err(worker) = worker.stop(Duration::from_millis(50)) else {
        return Err(failure("stop returned Ok at the second time, although the work goes on"));
    };
    let main = gettid();
    thread::spawn(move || {
        falls_asleep(main);
        drop(release);
    });
    let end = ended(worker.stop(LONG))?;
    ensure(ended_flag.load(SeqCst), "stop returned Ok", "the work had ended before", "it still worked")?;
    equal("how the work ended", &end, &End::Returned)
}

fn panicked() -> Outcome {
    let worker = Worker::start(|stop: &Stop| {
        while !stop.requested() {
            thread::yield_now();
        }
        panic::resume_unwind(Box::new("broken")); // a panic without a message on standard error
    });
    equal("how the work ended", &ended(worker.stop(Duration::from_secs(3)))?, &End::Panicked)?;
    let worker = Worker::start(|_: &Stop| {});
    equal("how a work ended that only returns", &ended(worker.stop(Duration::from_secs(3)))?, &End::Returned)
}

fn woken() -> Outcome {
    let (tid_tx, tid_rx) = mpsc::channel();
    let (result_tx, result_rx) = mpsc::channel();
    let worker = Worker::start(move |stop: &Stop| {
        let _ = tid_tx.send(gettid());
        let early = stop.wait(Duration::from_millis(1));
        let late = stop.wait(HOUR);
        let _ = result_tx.send([early, late, stop.wait(HOUR)]);
    });
    falls_asleep(tid_rx.recv().expect("the work says its thread's id"));
    ended(worker.stop(Duration::from_secs(3)))?;
    let results = result_rx.try_recv().unwrap_or_default();
    equal("Stop::wait before, during and after the request", &results, &[false, true, true])
}

fn work_sleeps() -> Outcome {
    let watcher = Watcher::fork()?;
    let _worker = Worker::start(|stop: &Stop| _ = stop.wait(HOUR));
    let asleep = watcher.all_asleep();
    ensure(asleep, "a work is in Stop::wait, and no stop is requested", "asleep in one system call", "awake")
}

/// The work ends only after the watcher's result.
fn stop_sleeps() -> Outcome {
    let watcher = Watcher::fork()?;
    let (result_tx, result_rx) = mpsc::channel();
    let worker = Worker::start(move |stop: &Stop| {
        while !stop.requested() {
            thread::yield_now();
        }
        let _ = result_tx.send(watcher.all_asleep());
    });
    ended(worker.stop(LONG))?;
    let asleep = result_rx.try_recv().unwrap_or_default();
    ensure(asleep, "stop waits for a work that takes a moment", "asleep in one system call", "awake")
}
