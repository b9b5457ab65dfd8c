//! Lesson: ticks that go on making ticks starve the loop, and the cure.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::EventLoop;

/// How long the callbacks go on at least.
pub const TIME: Duration = Duration::from_millis(20);

const LIMIT: Duration = Duration::from_secs(5);

/// What came of callbacks that ask for themselves again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Starved {
    /// How many ran.
    pub callbacks: usize,
    /// How many of them had run when a timer of 1 ms ran.
    pub before_timer: usize,
}

/// Has a callback ask for itself again for [`TIME`], as a tick or, where `cured`, as an immediate, beside a timer that
/// is due after 1 ms.
///
/// # Errors
/// Those of the loop.
pub fn starve(cured: bool) -> io::Result<Starved> {
    let (mut ev, count, before) = (EventLoop::new()?, Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    ev.set_timeout(Duration::from_millis(1), {
        let (count, before) = (Rc::clone(&count), Rc::clone(&before));
        move |_| before.set(count.get())
    });
    again(&mut ev, cured, Instant::now() + TIME, Rc::clone(&count));
    ev.run_within(LIMIT)?;
    Ok(Starved { callbacks: count.get(), before_timer: before.get() })
}

fn again(ev: &mut EventLoop, cured: bool, until: Instant, count: Rc<Cell<usize>>) {
    if Instant::now() >= until {
        return;
    }
    count.set(count.get() + 1);
    let next = move |ev: &mut EventLoop| again(ev, cured, until, count);
    if cured { ev.set_immediate(next) } else { ev.next_tick(next) }
}

/// Shows the disease and the cure.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let (sick, cured) = (starve(false)?, starve(true)?);
    writeln!(out, "  for 20 ms         callbacks   before a timer of 1 ms")?;
    for (how, seen) in [("ticks", sick), ("immediates", cured)] {
        writeln!(out, "  {how:<16} {:>10}   {:>10}", seen.callbacks, seen.before_timer)?;
    }
    ensure!(sick.before_timer == sick.callbacks, "the timer came between the ticks: {sick:?}");
    ensure!(cured.before_timer < cured.callbacks, "the timer came after the immediates: {cured:?}");
    writeln!(out, "  The ticks are drained before the loop goes on: the timer")?;
    writeln!(out, "  waited for the last. An immediate is one a round.")?;
    Ok(())
}
