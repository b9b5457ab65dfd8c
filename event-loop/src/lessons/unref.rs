//! Lesson: what keeps the loop alive, and what `unref` changes.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Duration;

use crate::EventLoop;
use crate::cli::claim;

const DUE: Duration = Duration::from_millis(10);

/// Whether a timer of 10 ms fired before its loop ended. With `unref` the timer does not keep the loop alive; with
/// `other` a second timer does, for twice the time.
///
/// # Errors
/// Those of the loop.
pub fn fires(unref: bool, other: bool) -> io::Result<bool> {
    let mut ev = EventLoop::new()?;
    let fired = Rc::new(Cell::new(false));
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
    for (case, unref, other, expected) in [
        ("alone", false, false, true),
        ("alone, unreferenced", true, false, false),
        ("unreferenced, beside a timer of 20 ms", true, true, true),
    ] {
        let fired = fires(unref, other)?;
        let answer = if fired { "it fired, then the loop ended" } else { "the loop ended at once" };
        writeln!(out, "    {case:<39} {answer}")?;
        claim(fired == expected, format_args!("{case}: {answer}"))?;
    }
    writeln!(out, "  The loop ends when nothing referenced is active: that is why a Node.js")?;
    writeln!(out, "  program ends, and why an open server keeps it running.")?;
    Ok(())
}
