//! Waiting for another thread without using a CPU: park, a condition variable, a barrier, and the futex below them.

use std::hint;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Barrier, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use nix::unistd::gettid;

use crate::cli::claim;
use crate::support::futex::Turn;
use crate::support::task;

/// The CPU time after which a thread that waits is said not to sleep.
const NO_SLEEP: Duration = Duration::from_millis(20);

/// What the kernel saw of a thread that waited.
#[derive(Debug, Clone, Copy)]
pub struct Waited {
    /// It slept. If not, it had used 20 ms of CPU time or more.
    pub slept: bool,
    /// The CPU time that it used while it waited, in steps of 10 ms.
    pub cpu: Duration,
}

/// Calls `wait` in this thread. Another thread lets `delay` pass, looks until this one sleeps or has used the CPU for
/// [`NO_SLEEP`], and then calls `signal`.
fn observe(delay: Duration, wait: impl FnOnce(), signal: impl FnOnce() + Send) -> io::Result<Waited> {
    let waiter = format!("self/task/{}", gettid());
    let waiting = Barrier::new(2);
    thread::scope(|scope| {
        let observer = thread::Builder::new().spawn_scoped(scope, || {
            waiting.wait();
            let waited = look(&waiter, delay);
            signal(); // also after an error: without it the waiter would wait without an end
            waited
        })?;
        waiting.wait();
        wait();
        observer.join().expect("the observer does not panic")
    })
}

fn look(waiter: &str, delay: Duration) -> io::Result<Waited> {
    let before = task::look(waiter)?.cpu;
    thread::sleep(delay); // in place of work that takes a while
    loop {
        let now = task::look(waiter)?;
        let waited = Waited { slept: now.sleeps, cpu: now.cpu - before };
        if waited.slept || waited.cpu >= NO_SLEEP {
            return Ok(waited);
        }
        thread::yield_now();
    }
}

/// `thread::park`: sleeps until somebody unparks *this thread*.
///
/// # Errors
/// Those of starting a thread and of reading `/proc`; the same for the functions below.
pub fn park(delay: Duration) -> io::Result<Waited> {
    let done = AtomicBool::new(false);
    let waiter = thread::current();
    let wait = || {
        while !done.load(SeqCst) {
            thread::park(); // may return without a reason: the flag decides
        }
    };
    let signal = || {
        done.store(true, SeqCst);
        waiter.unpark();
    };
    observe(delay, wait, signal)
}

/// A condition variable: sleeps until *a condition* under a lock may have changed.
pub fn condvar(delay: Duration) -> io::Result<Waited> {
    let done = Mutex::new(false);
    let changed = Condvar::new();
    let wait = || {
        let guard = done.lock().expect("no holder panics");
        drop(changed.wait_while(guard, |done| !*done).expect("no holder panics"));
    };
    let signal = || {
        *done.lock().expect("no holder panics") = true;
        changed.notify_one();
    };
    observe(delay, wait, signal)
}

/// A barrier: sleeps until *all* threads have reached it.
pub fn barrier(delay: Duration) -> io::Result<Waited> {
    let both = Barrier::new(2);
    let reach = || {
        both.wait();
    };
    observe(delay, reach, reach)
}

/// The system call that the three above are made of.
pub fn futex(delay: Duration) -> io::Result<Waited> {
    let turn = Turn::default();
    observe(delay, || turn.wait(1), || turn.give(1))
}

/// The control, which does not sleep: it reads a flag again and again.
pub fn spin(delay: Duration) -> io::Result<Waited> {
    let done = AtomicBool::new(false);
    let wait = || {
        while !done.load(SeqCst) {
            hint::spin_loop();
        }
    };
    observe(delay, wait, || done.store(true, SeqCst))
}

/// Shows what each way to wait costs.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    const DELAY: Duration = Duration::from_millis(60);
    writeln!(out, "  Our thread waits for another one, {} ms or more, in five ways. The other", DELAY.as_millis())?;
    writeln!(out, "  thread asks the kernel whether ours sleeps meanwhile.")?;
    writeln!(out, "  Expected: it sleeps and uses almost no CPU time, except in a loop that reads")?;
    writeln!(out, "  a flag again and again (spin).")?;
    writeln!(out, "    way to wait   our thread   CPU time used")?;
    for (name, waited, expected) in [
        ("park", park(DELAY)?, true),
        ("Condvar", condvar(DELAY)?, true),
        ("Barrier", barrier(DELAY)?, true),
        ("futex", futex(DELAY)?, true),
        ("spin", spin(DELAY)?, false),
    ] {
        let state = if waited.slept { "slept" } else { "ran" };
        writeln!(out, "    {name:<13} {state:<12} {:4} ms", waited.cpu.as_millis())?;
        claim(waited.slept == expected, format!("with {name} our thread {state}"))?;
    }
    writeln!(out, "  All but spin end in the same system call, futex(2). Node's Atomics.wait is one")?;
    writeln!(out, "  more of its callers.")?;
    Ok(())
}
