//! Waiting for another thread without using a CPU: the waiting thread sleeps in the kernel until it is woken.

use std::hint;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::unistd::gettid;

use crate::cli::claim;
use crate::support::task;

/// The CPU time after which a thread that waits is said not to sleep.
pub const NO_SLEEP: Duration = Duration::from_millis(20);

/// Calls `wait` in this thread. Another thread looks until this one sleeps, or has used the CPU for [`NO_SLEEP`], and
/// then calls `signal`. Returns whether this thread slept.
fn sleeps(wait: impl FnOnce(), signal: impl FnOnce() + Send) -> io::Result<bool> {
    let waiter = format!("self/task/{}", gettid());
    let waiting = AtomicBool::new(false);
    thread::scope(|scope| {
        let observer = thread::Builder::new().spawn_scoped(scope, || {
            while !waiting.load(SeqCst) {
                thread::yield_now();
            }
            let slept = watch(&waiter);
            signal(); // also after an error: without it the waiter would wait without an end
            slept
        })?;
        waiting.store(true, SeqCst);
        wait();
        observer.join().expect("the observer does not panic")
    })
}

fn watch(waiter: &str) -> io::Result<bool> {
    let before = task::look(waiter)?.cpu;
    loop {
        let now = task::look(waiter)?;
        if now.sleeps || now.cpu - before >= NO_SLEEP {
            return Ok(now.sleeps);
        }
        thread::yield_now();
    }
}

/// `thread::park`: waits until another thread unparks this one. Returns whether the kernel saw it sleep.
///
/// # Errors
/// Those of starting a thread and of reading `/proc`; the same for the functions below.
pub fn park() -> io::Result<bool> {
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
    sleeps(wait, signal)
}

/// `recv`: waits until there is a message.
pub fn receive() -> io::Result<bool> {
    let (sender, receiver) = mpsc::channel();
    let wait = || receiver.recv().expect("the observer sends a message");
    sleeps(wait, move || sender.send(()).expect("the receiver waits for it"))
}

/// The control, which does not sleep: it reads a flag again and again.
pub fn spin() -> io::Result<bool> {
    let done = AtomicBool::new(false);
    let wait = || {
        while !done.load(SeqCst) {
            hint::spin_loop();
        }
    };
    sleeps(wait, || done.store(true, SeqCst))
}

/// Shows which ways to wait sleep.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let limit = NO_SLEEP.as_millis();
    writeln!(out, "  Our thread waits for another one in three ways: in thread::park, in recv, and")?;
    writeln!(out, "  in a loop that reads a flag again and again. The other thread reads in /proc")?;
    writeln!(out, "  whether ours sleeps or has used {limit} ms of CPU time, and then ends our wait.")?;
    writeln!(out, "  Expected: our thread sleeps in park and in recv, but not in the loop.")?;
    for (name, slept, expected) in [("park", park()?, true), ("recv", receive()?, true), ("loop", spin()?, false)] {
        let seen = if slept { "sleeps" } else { "does not sleep" };
        writeln!(out, "    in {name:<10} our thread {seen}")?;
        claim(slept == expected, format!("in {name} our thread {seen}"))?;
    }
    writeln!(out, "  A thread that sleeps leaves its CPU to others until it is woken. park and recv")?;
    writeln!(out, "  sleep in the system call futex(2), as does Node's Atomics.wait. To see it:")?;
    writeln!(out, "    strace -f -e trace=futex target/debug/thread-basics wait")?;
    Ok(())
}
