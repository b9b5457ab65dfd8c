//! Lesson: ticks that go on making ticks starve the loop, and the cure.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::EventLoop;
use crate::cli::claim;

/// How long the callbacks go on at least.
const TIME: Duration = Duration::from_millis(20);

/// Has a callback ask for itself again for 20 ms, as a tick or, where `cured`, as an immediate, beside a timer that is
/// due after 1 ms. How many callbacks ran, and how many of them before the timer.
///
/// # Errors
/// Those of the loop.
pub fn starve(cured: bool) -> io::Result<(usize, usize)> {
    let mut ev = EventLoop::new()?;
    let count = Rc::new(Cell::new(0));
    let before_timer = Rc::new(Cell::new(0));
    let so_far = Rc::clone(&count);
    let seen = Rc::clone(&before_timer);
    ev.set_timeout(Duration::from_millis(1), move |_| seen.set(so_far.get()));
    again(&mut ev, cured, Instant::now() + TIME, Rc::clone(&count));
    ev.run_within(Duration::from_secs(5))?;
    Ok((count.get(), before_timer.get()))
}

fn again(ev: &mut EventLoop, cured: bool, until: Instant, count: Rc<Cell<usize>>) {
    if Instant::now() < until {
        count.set(count.get() + 1);
        let next = move |ev: &mut EventLoop| again(ev, cured, until, count);
        if cured { ev.set_immediate(next) } else { ev.next_tick(next) }
    }
}

/// Shows the problem and the cure.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  For 20 ms a callback asks for itself again, beside a timer of 1 ms.")?;
    writeln!(out, "  Expected: as a tick it keeps the timer out, as an immediate it does not.")?;
    writeln!(out, "    asked for by       callbacks   of them before the timer")?;
    for (how, cured) in [("process.nextTick", false), ("setImmediate", true)] {
        let (callbacks, before) = starve(cured)?;
        writeln!(out, "    {how:<16} {callbacks:>11}   {before:>10}")?;
        claim((before < callbacks) == cured, format_args!("{how}: {before} of {callbacks} came before the timer"))?;
    }
    writeln!(out, "  The loop goes on only when the tick queue is empty, so the timer waited for")?;
    writeln!(out, "  the last tick. Immediates that immediates ask for wait for the next")?;
    writeln!(out, "  iteration, and each iteration looks at the timers.")?;
    Ok(())
}
