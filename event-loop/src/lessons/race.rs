//! Lesson: a timer of 0 ms against an immediate. From the main script the order is not defined, from an I/O callback it is.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Duration;

use crate::EventLoop;
use crate::cli::claim;
use crate::puzzle::busy::keep_busy;

/// How often they race.
pub const RACES: usize = 50;

/// Lets a timer of 0 ms, which is one of 1 ms, and an immediate race `races` times. They are set by the main script or
/// by an I/O callback, which then computes for `busy`. How often the immediate was first.
///
/// # Errors
/// Those of the loop and of [`EventLoop::request`].
pub fn immediate_first(races: usize, in_io_callback: bool, busy: Duration) -> io::Result<usize> {
    let (mut ev, wins) = (EventLoop::new()?, Rc::new(Cell::new(0)));
    for _ in 0..races {
        let wins = Rc::clone(&wins);
        let start = move |ev: &mut EventLoop| {
            let timer_ran = Rc::new(Cell::new(false));
            let ran = Rc::clone(&timer_ran);
            ev.set_timeout(Duration::ZERO, move |_| ran.set(true));
            ev.set_immediate(move |_| wins.set(wins.get() + usize::from(!timer_ran.get())));
            keep_busy(busy);
        };
        if in_io_callback {
            ev.request(|| (), |ev, ()| start(ev))?;
        } else {
            start(&mut ev);
        }
        ev.run()?;
    }
    Ok(wins.get())
}

/// Shows both cases.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We set a timer of 0 ms (which becomes 1 ms) and an immediate, {RACES} times.")?;
    writeln!(out, "  Expected: from the main script the time it takes decides; from an I/O")?;
    writeln!(out, "  callback the immediate is always first.")?;
    writeln!(out, "    both set by                immediate first")?;
    let long = Duration::from_millis(2);
    for (setter, in_io_callback, busy, expected, note) in [
        ("a quick main script", false, Duration::ZERO, 0..=RACES, "   (either order is legal)"),
        ("a main script of 2 ms", false, long, 0..=0, ""),
        ("a quick I/O callback", true, Duration::ZERO, RACES..=RACES, ""),
        ("an I/O callback of 2 ms", true, long, RACES..=RACES, ""),
    ] {
        let first = immediate_first(RACES, in_io_callback, busy)?;
        writeln!(out, "    {setter:<26} {first:>2} of {RACES}{note}")?;
        claim(expected.contains(&first), format_args!("{setter}: the immediate was first {first} times"))?;
    }
    writeln!(out, "  After the poll phase comes the check phase, which runs the immediates;")?;
    writeln!(out, "  timers come after it. Do not rely on setTimeout(0) before setImmediate.")?;
    Ok(())
}
