//! The phases of an iteration, in their order; how long a run lasts; and hooks, which run in every iteration.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use crate::EventLoop;
use crate::handle::{Handle, Kind};

/// Where the loop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Before the first iteration: the main script, and the ticks and microtasks it left behind.
    Main,
    /// Results that were known at once, put off until here: a write that failed.
    Pending,
    /// [`Hook::Idle`].
    Idle,
    /// [`Hook::Prepare`].
    Prepare,
    /// Waiting for events, and their callbacks.
    Poll,
    /// Immediates and [`Hook::Check`].
    Check,
    /// What was asked for by [`EventLoop::close_then`].
    Closing,
    /// Timers that are due. They come once before the first iteration, too: in iteration 0.
    Timers,
}

/// Where in a run a callback is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// How many iterations the loop has begun; 0 before the first.
    pub iteration: u64,
    /// The phase.
    pub phase: Phase,
    /// What kind of callback: `"timer"`, `"tick"`, `"data"`, …
    pub kind: &'static str,
}

impl Position {
    /// Outside of a run.
    pub(crate) const MAIN: Self = Self { iteration: 0, phase: Phase::Main, kind: "script" };
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "round {}, phase {:?}", self.iteration, self.phase)
    }
}

/// How long a run lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Until nothing referenced is active, or the loop is stopped.
    Default,
    /// One iteration; it may wait for events.
    Once,
    /// One iteration; it does not wait.
    NoWait,
}

/// Where in the iteration a hook runs. libuv has such handles, Node.js shows none to JavaScript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// Before `Prepare`. While there is such a hook, the loop polls without waiting.
    Idle,
    /// Right before the poll.
    Prepare,
    /// After the poll, behind the immediates.
    Check,
}

impl EventLoop {
    /// Runs `callback` in every iteration until the handle is closed. Of several hooks the last that was set runs
    /// first, as in libuv.
    pub fn set_hook(&mut self, hook: Hook, callback: impl FnMut(&mut EventLoop) + 'static) -> Handle {
        let handle = self.handles.insert(Kind::Hook(Rc::new(RefCell::new(callback))));
        self.hooks.push((hook, handle));
        handle
    }

    pub(crate) fn hooks(&self, hook: Hook) -> impl Iterator<Item = Handle> {
        self.hooks.iter().rev().filter(move |(other, _)| *other == hook).map(|(_, handle)| *handle)
    }

    pub(crate) fn run_hooks(&mut self, hook: Hook, phase: Phase) {
        self.position.phase = phase;
        for handle in self.hooks(hook).collect::<Vec<_>>() {
            // Otherwise an earlier hook closed this one.
            if let Some(Kind::Hook(callback)) = self.handles.kind(handle) {
                let callback = Rc::clone(callback);
                self.run_callback("hook", Some(handle), |ev| callback.borrow_mut()(ev));
            }
        }
    }
}
