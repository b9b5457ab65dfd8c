//! Waiting for another thread without burning a processor: park, a condition variable, a barrier, and the futex.

use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
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

/// Has another thread wait `nap` before it does its part of `meet`, while this thread does the other.
fn measure(nap: Duration, meet: impl Fn(bool) + Sync) -> io::Result<Waited> {
    thread::scope(|scope| {
        let (start, before) = (Instant::now(), cpu_time()?);
        thread::Builder::new().spawn_scoped(scope, || {
            thread::sleep(nap); // the subject: something that takes a while
            meet(true);
        })?;
        meet(false);
        Ok(Waited { time: start.elapsed(), cpu: cpu_time()?.saturating_sub(before) })
    })
}

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
    let (done, waiter) = (AtomicU32::new(0), thread::current());
    measure(nap, |other| match other {
        true => {
            done.store(1, SeqCst);
            waiter.unpark();
        }
        false => {
            while done.load(SeqCst) == 0 {
                thread::park(); // may return without a reason: the word decides
            }
        }
    })
}

/// A condition variable: sleeps until *a condition* under a lock may have changed.
pub fn condvar(nap: Duration) -> io::Result<Waited> {
    let (done, changed) = (Mutex::new(false), Condvar::new());
    measure(nap, |other| {
        let mut guard = done.lock().expect("no holder panics");
        if other {
            *guard = true;
            changed.notify_one();
        } else {
            drop(changed.wait_while(guard, |done| !*done).expect("no holder panics"));
        }
    })
}

/// A barrier: sleeps until *all* have come.
pub fn barrier(nap: Duration) -> io::Result<Waited> {
    let both = Barrier::new(2);
    measure(nap, |_| {
        both.wait();
    })
}

/// The futex that the three above are made of.
pub fn futex(nap: Duration) -> io::Result<Waited> {
    let turn = Turn::default();
    measure(nap, |other| if other { turn.give(1) } else { turn.wait(1) })
}

/// The control: looks again and again.
pub fn spin(nap: Duration) -> io::Result<Waited> {
    let done = AtomicU32::new(0);
    measure(nap, |other| match other {
        true => done.store(1, SeqCst),
        false => {
            while done.load(SeqCst) == 0 {
                std::hint::spin_loop();
            }
        }
    })
}

/// Shows what each wait costs.
pub fn show(out: &mut dyn Write, _program: &Path) -> anyhow::Result<()> {
    const NAP: Duration = Duration::from_millis(60);
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let waits = [
        ("park", park(NAP)?),
        ("Condvar", condvar(NAP)?),
        ("Barrier", barrier(NAP)?),
        ("futex", futex(NAP)?),
        ("spin (control)", spin(NAP)?),
    ];
    writeln!(out, "  waiting {} ms by   took          processor used", NAP.as_millis())?;
    let mut used = Vec::new();
    for (name, Waited { time, cpu }) in waits {
        writeln!(out, "  {name:<18} {:5.1} ms {:12.1} ms", ms(time), ms(cpu))?;
        ensure!(time >= NAP, "{name} came back after {time:?}");
        used.push(cpu);
    }
    let spun = used.pop().expect("the control was measured");
    ensure!(used.iter().all(|&asleep| asleep < spun / 3), "asleep {used:?}, spinning {spun:?}");
    writeln!(out, "  A thread asleep on a futex costs no processor time.")?;
    Ok(())
}
