//! The loop's delay: how late its callbacks come. Node: `perf_hooks.monitorEventLoopDelay`.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::EventLoop;
use crate::handle::Handle;

/// Samples the delay of a loop with a timer that should come at even intervals. It does not keep the loop alive.
///
/// A timer counts whole milliseconds, so a free loop shows delays of up to about 1 ms, too.
#[derive(Debug, Clone)]
pub struct DelayMonitor {
    samples: Rc<RefCell<Vec<Duration>>>,
    timer: Handle,
}

impl DelayMonitor {
    /// Takes a sample every `period`, at least 1 ms, until it is closed.
    pub fn start(ev: &mut EventLoop, period: Duration) -> Self {
        let samples = Rc::new(RefCell::new(Vec::new()));
        let timer = ev.set_interval(period, {
            let samples = Rc::clone(&samples);
            let mut before = Instant::now();
            move |_| {
                let now = Instant::now();
                samples.borrow_mut().push((now - before).saturating_sub(period));
                before = now;
            }
        });
        ev.unref(timer);
        Self { samples, timer }
    }

    /// How much later than `period` after its predecessor each callback came, in order.
    pub fn samples(&self) -> Vec<Duration> {
        self.samples.borrow().clone()
    }

    /// The longest delay; `None` before the first sample.
    pub fn max(&self) -> Option<Duration> {
        self.samples.borrow().iter().max().copied()
    }

    /// The timer, to close it.
    pub fn handle(&self) -> Handle {
        self.timer
    }
}
