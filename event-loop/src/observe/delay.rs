//! The loop's delay: how late its callbacks come. Node: `perf_hooks.monitorEventLoopDelay`.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::{EventLoop, Handle};

/// Measures the delay of a loop with a timer that should come at even intervals. It does not keep the loop alive.
///
/// A timer counts whole milliseconds, so a free loop shows delays of up to about 1 ms, too.
#[derive(Debug, Clone)]
pub struct DelayMonitor {
    longest: Rc<Cell<Option<Duration>>>,
    timer: Handle,
}

impl DelayMonitor {
    /// Takes a sample every `period`, at least 1 ms, until it is closed.
    pub fn start(ev: &mut EventLoop, period: Duration) -> Self {
        let longest = Rc::new(Cell::new(None));
        let most = Rc::clone(&longest);
        let mut before = Instant::now();
        let timer = ev.set_interval(period, move |_| {
            let after = before + period;
            before = Instant::now();
            most.set(most.get().max(Some(before.saturating_duration_since(after))));
        });
        ev.unref(timer);
        Self { longest, timer }
    }

    /// The longest delay: how much later than `period` after its predecessor a callback came. `None` before the first.
    pub fn max(&self) -> Option<Duration> {
        self.longest.get()
    }

    /// The timer, to close it.
    pub fn handle(&self) -> Handle {
        self.timer
    }
}
