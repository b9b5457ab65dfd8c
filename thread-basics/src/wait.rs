//! Waiting for another thread without burning a processor: park, a condition variable, a barrier, and the futex.

use std::hint;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Barrier, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::ensure;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

use crate::futex::Turn;

/// What a wait cost.
#[derive(Debug, Clone, Copy)]
pub struct Waited {
    /// How long it took.
    pub time: Duration,
    /// How long this thread used a processor meanwhile.
    pub cpu: Duration,
}

/// Measures this thread's `wait` for a `signal`, which another thread gives after a `nap`.
fn measure(nap: Duration, signal: impl FnOnce() + Send, wait: impl FnOnce()) -> io::Result<Waited> {
    thread::scope(|scope| {
        let (start, before) = (Instant::now(), cpu_time()?);
        thread::Builder::new().spawn_scoped(scope, move || {
            thread::sleep(nap); // the subject: something that takes a while
            signal();
        })?;
        wait();
        Ok(Waited { time: start.elapsed(), cpu: cpu_time()?.saturating_sub(before) })
    })
}

/// Processor time of this thread so far, to the microsecond (getrusage(2)).
fn cpu_time() -> io::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_THREAD)?;
    let of = |time: TimeVal| Duration::new(time.tv_sec() as u64, time.tv_usec() as u32 * 1000);
    Ok(of(usage.user_time()) + of(usage.system_time()))
}

/// `thread::park`: sleeps until somebody unparks *this thread*.
///
/// # Errors
/// Those of starting a thread; so for those below.
pub fn park(nap: Duration) -> io::Result<Waited> {
    let (done, waiter) = (AtomicBool::new(false), thread::current());
    let signal = || {
        done.store(true, SeqCst);
        waiter.unpark();
    };
    measure(nap, signal, || {
        while !done.load(SeqCst) {
            thread::park(); // may return without a reason: the flag decides
        }
    })
}

/// A condition variable: sleeps until *a condition* under a lock may have changed.
pub fn condvar(nap: Duration) -> io::Result<Waited> {
    let (done, changed) = (Mutex::new(false), Condvar::new());
    let signal = || {
        *done.lock().expect("no holder panics") = true;
        changed.notify_one();
    };
    measure(nap, signal, || {
        let guard = done.lock().expect("no holder panics");
        drop(changed.wait_while(guard, |done| !*done).expect("no holder panics"));
    })
}

/// A barrier: sleeps until *all* have come.
pub fn barrier(nap: Duration) -> io::Result<Waited> {
    let both = Barrier::new(2);
    let meet = || _ = both.wait();
    measure(nap, meet, meet)
}

/// The futex that the three above are made of.
pub fn futex(nap: Duration) -> io::Result<Waited> {
    let turn = Turn::default();
    measure(nap, || turn.give(1), || turn.wait(1))
}

/// The control: looks again and again.
pub fn spin(nap: Duration) -> io::Result<Waited> {
    let done = AtomicBool::new(false);
    measure(
        nap,
        || done.store(true, SeqCst),
        || {
            while !done.load(SeqCst) {
                hint::spin_loop();
            }
        },
    )
}

/// Shows what each wait costs.
pub fn show(out: &mut dyn Write, _program: &Path) -> anyhow::Result<()> {
    const NAP: Duration = Duration::from_millis(60);
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    writeln!(out, "  waiting {} ms by   took          processor used", NAP.as_millis())?;
    let spun = spin(NAP)?;
    let asleep = [("park", park(NAP)?), ("Condvar", condvar(NAP)?), ("Barrier", barrier(NAP)?), ("futex", futex(NAP)?)];
    for (name, waited) in asleep.into_iter().chain([("spin (control)", spun)]) {
        writeln!(out, "  {name:<18} {:5.1} ms {:12.1} ms", ms(waited.time), ms(waited.cpu))?;
        ensure!(waited.time >= NAP, "{name} came back after {:?}", waited.time);
    }
    for (name, waited) in asleep {
        ensure!(waited.cpu < spun.cpu / 3, "{name} used {:?} of a processor, spinning {:?}", waited.cpu, spun.cpu);
    }
    writeln!(out, "  A thread asleep on a futex costs no processor time.")?;
    Ok(())
}
