//! Lesson: what keeps the loop alive, and what `unref` changes.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::EventLoop;
use crate::cli::claim;

const DUE: Duration = Duration::from_millis(10);

/// Whether a timer of 10 ms fired before its loop ended. With `unref` the timer does not keep the loop alive; with
/// `other` a second timer does, for twice the time.
///
/// # Errors
/// Those of the loop.
pub fn fires(unref: bool, other: bool) -> io::Result<bool> {
    let (mut ev, fired) = (EventLoop::new()?, Rc::new(Cell::new(false)));
    let firing = Rc::clone(&fired);
    let timer = ev.set_timeout(DUE, move |_| firing.set(true));
    if unref {
        ev.unref(timer);
    }
    if other {
        ev.set_timeout(2 * DUE, |_| ());
    }
    ev.run()?;
    Ok(fired.get())
}

/// Shows the three cases.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We set a timer of 10 ms and run the loop, with and without `unref`.")?;
    writeln!(out, "  Expected: an unreferenced timer does not keep the loop running, but it")?;
    writeln!(out, "  fires if something else does.")?;
    writeln!(out, "    the timer                                  fired   loop ran")?;
    for (case, unref, other, expected) in [
        ("alone", false, false, true),
        ("alone, unreferenced", true, false, false),
        ("unreferenced, beside a timer of 20 ms", true, true, true),
    ] {
        let start = Instant::now();
        let fired = fires(unref, other)?;
        let ran = start.elapsed();
        let answer = if fired { "yes" } else { "no" };
        writeln!(out, "    {case:<42} {answer:<7} {:>5.1} ms", ran.as_secs_f64() * 1e3)?;
        claim(fired == expected, format_args!("{case}: the timer fired: {answer}"))?;
    }
    writeln!(out, "  The loop ends when nothing referenced is active: that is why a Node.js")?;
    writeln!(out, "  program ends, and why an open server keeps it running.")?;
    Ok(())
}
