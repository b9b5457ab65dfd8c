//! Lesson: another thread wakes the loop. Wake-ups before the loop has reacted are merged.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::cli::claim;
use crate::{EventLoop, Waker};

/// Wakes a loop `wakes` times from another thread, which sends a message before each wake-up; the loop runs when all
/// are sent. How often the callback ran, and how many messages it found.
///
/// # Errors
/// Those of the loop, and of starting a thread.
pub fn wake(wakes: usize) -> io::Result<(usize, usize)> {
    let mut ev = EventLoop::new()?;
    let (sender, messages) = mpsc::channel();
    let seen = Rc::new(Cell::new((0, 0)));
    let counting = Rc::clone(&seen);
    let waker = Waker::new(&mut ev, move |ev| {
        let (calls, found) = counting.get();
        let found = found + messages.try_iter().count();
        counting.set((calls + 1, found));
        if found == wakes {
            ev.close_current();
        }
    })?;
    let sending = thread::Builder::new().spawn(move || {
        for message in 0..wakes {
            let _ = sender.send(message);
            waker.wake();
        }
    })?;
    let _ = sending.join();
    ev.run_within(Duration::from_secs(5))?;
    Ok(seen.get())
}

/// Shows a thousand wake-ups.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  Another thread sends 1000 messages and wakes the loop after each. Then the")?;
    writeln!(out, "  loop runs.")?;
    writeln!(out, "  Expected: the wake-ups are merged into one callback; no message is lost.")?;
    let (calls, found) = wake(1_000)?;
    writeln!(out, "    wake-ups         1000")?;
    writeln!(out, "    callbacks        {calls}")?;
    writeln!(out, "    messages found   {found}")?;
    claim(calls == 1 && found == 1_000, format_args!("{calls} callbacks found {found} messages"))?;
    writeln!(out, "  A wake-up carries no message: the callback must take all that are there.")?;
    writeln!(out, "  This is how a Worker's postMessage reaches Node's loop (uv_async_send).")?;
    Ok(())
}
