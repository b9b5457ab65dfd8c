//! The order of callbacks: what the phases decide, what ticks and microtasks decide, and what nobody decides.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Duration;

use anyhow::ensure;

use crate::blocking::compute;
use crate::{EventLoop, Phase, Waker};

/// How often a timer and an immediate race.
pub const RACES: usize = 50;

/// A callback that ran, and the phase in which it did.
pub type Step = (&'static str, Phase);

const AT_ONCE: Duration = Duration::ZERO; // becomes 1 ms
const LIMIT: Duration = Duration::from_secs(5);

#[derive(Clone, Default)]
struct Log(Rc<RefCell<Vec<Step>>>);

impl Log {
    /// A callback that writes its name down.
    fn step(&self, name: &'static str) -> impl FnOnce(&mut EventLoop) + use<> {
        let log = self.clone();
        move |ev| log.0.borrow_mut().push((name, ev.phase()))
    }

    /// One that also leaves a tick and a microtask behind.
    fn step_with_tail(&self, names: [&'static str; 3]) -> impl FnOnce(&mut EventLoop) + use<> {
        let log = self.clone();
        move |ev| {
            log.step(names[0])(ev);
            ev.queue_microtask(log.step(names[2]));
            ev.next_tick(log.step(names[1]));
        }
    }
}

/// What runs when a main script asks for two timers and an immediate, and each of them leaves a tick and a microtask
/// behind.
///
/// # Errors
/// Those of the loop.
pub fn order() -> io::Result<Vec<Step>> {
    let (mut ev, log) = (EventLoop::new()?, Log::default());
    ev.set_timeout(AT_ONCE, log.step_with_tail(["timer 1", "tick of timer 1", "microtask of timer 1"]));
    ev.set_timeout(AT_ONCE, log.step_with_tail(["timer 2", "tick of timer 2", "microtask of timer 2"]));
    ev.set_immediate(log.step_with_tail(["immediate", "tick of immediate", "microtask of immediate"]));
    log.step_with_tail(["main script", "tick", "microtask"])(&mut ev);
    ev.run_within(LIMIT)?;
    Ok(log.0.take())
}

/// Lets a timer of 1 ms and an immediate race `races` times. They are set by the main script or by an I/O callback,
/// which then computes for `busy`. How often the immediate was first.
///
/// # Errors
/// Those of the loop.
pub fn immediate_first(races: usize, in_io_callback: bool, busy: Duration) -> io::Result<usize> {
    let mut first = 0;
    for _ in 0..races {
        let (mut ev, log) = (EventLoop::new()?, Log::default());
        let logs = log.clone();
        let race = move |ev: &mut EventLoop| {
            ev.set_timeout(AT_ONCE, logs.step("timer"));
            ev.set_immediate(logs.step("immediate"));
            compute(busy);
        };
        if in_io_callback {
            let waker = Waker::new(&mut ev, move |ev| {
                race(ev);
                ev.close_current();
            })?;
            waker.wake();
        } else {
            race(&mut ev);
        }
        ev.run_within(LIMIT)?;
        first += usize::from(log.0.borrow().first().is_some_and(|(name, _)| *name == "immediate"));
    }
    Ok(first)
}

/// Shows the order, and the two races.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let steps = order()?;
    for (name, phase) in &steps {
        writeln!(out, "  {phase:<8} {name}")?;
    }
    let place = |name| steps.iter().position(|(step, _)| *step == name);
    for callback in ["main script", "timer 1", "timer 2", "immediate"] {
        let tail = if callback == "main script" { String::new() } else { format!(" of {callback}") };
        let at = place(callback).map(|at| &steps[at..]).unwrap_or_default();
        let names: Vec<_> = at.iter().take(3).map(|(name, _)| name.to_string()).collect();
        let expected = [callback.to_owned(), format!("tick{tail}"), format!("microtask{tail}")];
        ensure!(names == expected, "after '{callback}' came {names:?}, expected {expected:?}");
    }
    ensure!(place("main script") == Some(0) && place("timer 1") < place("timer 2"), "the order was {steps:?}");
    writeln!(out, "  After each callback: its ticks, then its microtasks.")?;

    writeln!(out, "  a 1 ms timer and an immediate, set by")?;
    let long = Duration::from_millis(2);
    for (who, in_io_callback, busy, expected) in [
        ("a quick main script", false, Duration::ZERO, 1..=RACES), // it depends on the moment
        ("a main script of 2 ms", false, long, 0..=0),
        ("a quick I/O callback", true, Duration::ZERO, RACES..=RACES),
        ("an I/O callback of 2 ms", true, long, RACES..=RACES),
    ] {
        let first = immediate_first(RACES, in_io_callback, busy)?;
        writeln!(out, "    {who:<23}   immediate first: {first:>2} of {RACES}")?;
        ensure!(expected.contains(&first), "{who}: the immediate was first {first} times");
    }
    writeln!(out, "  From the main script it depends on how long that takes.")?;
    writeln!(out, "  After the poll comes the check phase: from an I/O callback")?;
    writeln!(out, "  the immediate is first, always.")?;
    Ok(())
}
