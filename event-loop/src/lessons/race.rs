//! Lesson: a timer of 0 ms against an immediate. From the main script the order is not defined, from an I/O callback it is.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Duration;

use crate::EventLoop;
use crate::cli::claim;
use crate::puzzle::busy::keep_busy;

const RACES: usize = 50;

/// Lets a timer of 0 ms, which is one of 1 ms, and an immediate race `races` times. They are set by the main script or
/// by an I/O callback, which then computes for `busy`. How often the immediate was first.
///
/// # Errors
/// Those of the loop and of [`EventLoop::request`].
pub fn immediate_first(races: usize, in_io_callback: bool, busy: Duration) -> io::Result<usize> {
    let mut ev = EventLoop::new()?;
    let wins = Rc::new(Cell::new(0));
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
    writeln!(out, "  We set a timer of 0 ms (it becomes 1 ms) and an immediate, {RACES} times: in the")?;
    writeln!(out, "  main script or in an I/O callback, which then computes for 2 ms.")?;
    writeln!(out, "  Expected: after the main script the timer is first, since it is due; after")?;
    writeln!(out, "  the I/O callback the immediate is first, although the timer is due.")?;
    for (setter, in_io_callback, expected) in [("main script", false, 0), ("I/O callback", true, RACES)] {
        let first = immediate_first(RACES, in_io_callback, Duration::from_millis(2))?;
        writeln!(out, "    set by the {setter:<14} immediate first: {first:>2} of {RACES}")?;
        claim(first == expected, format_args!("{setter}: the immediate was first {first} times"))?;
    }
    writeln!(out, "  I/O callbacks run in the poll phase; immediates come right after it, timers")?;
    writeln!(out, "  later. From a main script of less than 1 ms either order is possible.")?;
    Ok(())
}
