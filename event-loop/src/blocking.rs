//! One callback blocks, and everybody waits.

use std::cell::Cell;
use std::hint;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::{DelayMonitor, EventLoop, Utilization};

/// How long the lesson's callback blocks.
pub const BLOCK: Duration = Duration::from_millis(100);

/// When the innocent timer is due.
const DUE: Duration = Duration::from_millis(20);
/// Controls: other programs may delay one or the other.
const CONTROLS: usize = 5;
const LIMIT: Duration = Duration::from_secs(8);

/// What a blocking callback did to its loop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Disturbance {
    /// How late the innocent timer ran.
    pub lateness: Duration,
    /// The longest delay of the loop.
    pub delay: Duration,
    /// How the loop spent its time.
    pub utilization: Utilization,
}

/// How late a timer runs that is due at the same moment as another, set before it, whose callback computes for
/// `block`; or returns at once, where that is `None`.
///
/// # Errors
/// Those of the loop.
pub fn lateness(block: Option<Duration>) -> io::Result<Duration> {
    Ok(disturb(block)?.lateness)
}

/// As [`lateness`], with what the loop's monitors say.
///
/// # Errors
/// Those of the loop.
pub fn disturb(block: Option<Duration>) -> io::Result<Disturbance> {
    let mut ev = EventLoop::new()?;
    let monitor = DelayMonitor::start(&mut ev, Duration::from_millis(1));
    let ran = Rc::new(Cell::new(Duration::ZERO));
    let start = Instant::now();
    ev.set_timeout(DUE, move |_| compute(block.unwrap_or_default()));
    ev.set_timeout(DUE, {
        let ran = Rc::clone(&ran);
        move |ev| {
            ran.set(start.elapsed());
            ev.set_timeout(DUE, |_| ()); // so that the monitor has its next sample
        }
    });
    ev.run_within(LIMIT.max(block.unwrap_or_default() * 2))?;
    let delay = monitor.max().unwrap_or_default();
    Ok(Disturbance { lateness: ran.get().saturating_sub(DUE), delay, utilization: ev.utilization() })
}

/// Keeps the thread busy, as computing does.
pub(crate) fn compute(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        hint::spin_loop();
    }
}

/// Shows the innocent timer, with and without a blocker.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let controls = (0..CONTROLS).map(|_| disturb(None)).collect::<io::Result<Vec<_>>>()?;
    let control = controls.into_iter().min_by_key(|seen| seen.lateness).context("there was no control")?;
    let blocked = disturb(Some(BLOCK))?;
    writeln!(out, "  another callback   innocent timer   loop delay   active")?;
    for (what, seen) in [("returns at once", control), ("computes 100 ms", blocked)] {
        let (late, delay) = (millis(seen.lateness), millis(seen.delay));
        let active = format!("{:.0} %", seen.utilization.share() * 100.0);
        writeln!(out, "  {what:<18} {late:>6} ms late   {delay:>6} ms   {active:>6}")?;
    }
    // The clock counts whole milliseconds, so a timer may be one early.
    let least = BLOCK - Duration::from_millis(1);
    ensure!(blocked.lateness >= least, "the innocent timer was only {:?} late", blocked.lateness);
    ensure!(blocked.delay >= least, "the monitor saw a delay of only {:?}", blocked.delay);
    ensure!(blocked.utilization.active >= BLOCK, "the loop counts {:?} as active", blocked.utilization.active);
    ensure!(control.lateness < BLOCK / 2, "without a blocker the timer was {:?} late", control.lateness);
    writeln!(out, "  The innocent timer waited for a callback that is not its")?;
    writeln!(out, "  own: the loop has one thread, and it was busy.")?;
    Ok(())
}

fn millis(duration: Duration) -> String {
    format!("{:.1}", duration.as_secs_f64() * 1e3)
}
