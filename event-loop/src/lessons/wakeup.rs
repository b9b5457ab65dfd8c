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
    let calls = Rc::new(Cell::new(0));
    let found = Rc::new(Cell::new(0));
    let callback_calls = Rc::clone(&calls);
    let callback_found = Rc::clone(&found);
    let waker = Waker::new(&mut ev, move |ev| {
        callback_calls.set(callback_calls.get() + 1);
        callback_found.set(callback_found.get() + messages.try_iter().count());
        if callback_found.get() == wakes {
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
    Ok((calls.get(), found.get()))
}

/// Shows a thousand wake-ups.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    const WAKES: usize = 1_000;
    writeln!(out, "  Another thread sends {WAKES} messages and wakes the loop after each. Then the")?;
    writeln!(out, "  loop runs.")?;
    writeln!(out, "  Expected: the wake-ups are merged into one callback; no message is lost.")?;
    let (calls, found) = wake(WAKES)?;
    writeln!(out, "    wake-ups         {WAKES}")?;
    writeln!(out, "    callbacks        {calls}")?;
    writeln!(out, "    messages found   {found}")?;
    claim(calls == 1 && found == WAKES, format_args!("{calls} callbacks found {found} messages"))?;
    writeln!(out, "  A wake-up carries no message: the callback must take all that are there.")?;
    writeln!(out, "  This is how a Worker's postMessage reaches Node's loop (uv_async_send).")?;
    Ok(())
}
