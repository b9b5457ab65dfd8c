//! Lesson: another thread wakes the loop. Wakes that come before the loop has answered coalesce.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::cli::claim;
use crate::{EventLoop, Waker};

/// How many wakes are sent.
pub const WAKES: usize = 1_000;

/// Wakes a loop `wakes` times from another thread, which sends a message before each wake: at once, or, where
/// `one_by_one`, each only when the callback of the one before has run. How often the callback ran, and how many
/// messages it found.
///
/// # Errors
/// Those of the loop, and of starting a thread.
pub fn wake(wakes: usize, one_by_one: bool) -> io::Result<(usize, usize)> {
    let mut ev = EventLoop::new()?;
    let (sender, messages) = mpsc::channel();
    let (acknowledge, acknowledged) = mpsc::channel();
    let (calls, found) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let waker = Waker::new(&mut ev, {
        let (calls, found) = (Rc::clone(&calls), Rc::clone(&found));
        move |ev| {
            calls.set(calls.get() + 1);
            found.set(found.get() + messages.try_iter().count());
            let _ = acknowledge.send(()); // the last ones are not waited for
            if found.get() == wakes {
                ev.close_current();
            }
        }
    })?;
    let send = move || {
        for message in 0..wakes {
            let _ = sender.send(message);
            waker.wake();
            if one_by_one && acknowledged.recv().is_err() {
                return; // the loop has given up
            }
        }
    };
    if one_by_one {
        ev.request(send, |_, ()| ())?; // on the loop's helper thread
    } else {
        let _ = thread::Builder::new().spawn(send)?.join(); // the loop does not run yet: no callback runs in between
    }
    ev.run_within(Duration::from_secs(5))?;
    Ok((calls.get(), found.get()))
}

/// Shows both.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  Another thread sends {WAKES} messages and wakes the loop after each.")?;
    writeln!(out, "  Expected: wake-ups before the loop reacts are merged; no message is lost.")?;
    writeln!(out, "    {WAKES} wake-ups                      callbacks   messages found")?;
    for (how, one_by_one, expected) in
        [("before the loop runs", false, 1), ("each after the last callback", true, WAKES)]
    {
        let (calls, found) = wake(WAKES, one_by_one)?;
        writeln!(out, "    {how:<34} {calls:>5}   {found:>8}")?;
        claim(found == WAKES, format_args!("{found} of {WAKES} messages were found"))?;
        claim(calls == expected, format_args!("{how}: {calls} callbacks"))?;
    }
    writeln!(out, "  A wake-up carries no message: the callback must take all that are there.")?;
    writeln!(out, "  This is how a Worker's postMessage reaches Node's loop (uv_async_send).")?;
    Ok(())
}
