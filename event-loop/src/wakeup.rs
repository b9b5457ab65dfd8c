//! Another thread wakes the loop. Wakes that come before the loop has answered coalesce.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::ensure;

use crate::{EventLoop, Waker};

/// How many wakes are sent.
pub const WAKES: usize = 1_000;

const LIMIT: Duration = Duration::from_secs(5);

/// What came of a number of wakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Woken {
    /// How often the callback ran.
    pub calls: usize,
    /// How many messages it found. The sender sent one before each wake.
    pub messages: usize,
}

/// Wakes a loop `wakes` times from another thread: at once, or, where `one_by_one`, each only when the callback of the
/// one before has run.
///
/// # Errors
/// Those of the loop, and of starting a thread.
pub fn wake(wakes: usize, one_by_one: bool) -> io::Result<Woken> {
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
    let other = thread::Builder::new().spawn(move || {
        for message in 0..wakes {
            // Fails when the loop has given up; then nobody counts any more.
            if sender.send(message).is_err() {
                return;
            }
            waker.wake();
            if one_by_one && acknowledged.recv().is_err() {
                return;
            }
        }
    })?;
    if !one_by_one {
        let _ = other.join(); // the loop does not run yet: nobody answers in between
        ev.run_within(LIMIT)?;
    } else {
        ev.run_within(LIMIT)?;
        let _ = other.join();
    }
    Ok(Woken { calls: calls.get(), messages: found.get() })
}

/// Shows both.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let (burst, one_by_one) = (wake(WAKES, false)?, wake(WAKES, true)?);
    writeln!(out, "  wakes                   callbacks   messages found")?;
    for (how, woken) in [("at once", burst), ("one by one", one_by_one)] {
        writeln!(out, "  {WAKES}, {how:<17} {:<11} {}", woken.calls, woken.messages)?;
        ensure!(woken.messages == WAKES, "{} of {WAKES} messages were found", woken.messages);
    }
    ensure!(burst.calls == 1, "wakes sent at once led to {} callbacks", burst.calls);
    ensure!(one_by_one.calls == WAKES, "wakes one by one led to {} callbacks", one_by_one.calls);
    writeln!(out, "  A wake says \"look\", not \"look once for me\": those that")?;
    writeln!(out, "  were not answered yet are one. No message was lost.")?;
    Ok(())
}
