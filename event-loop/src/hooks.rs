//! Callbacks for every iteration: libuv's idle, prepare and check handles.

use crate::handle::{Handle, Kind};
use crate::{EventLoop, Phase};

/// Where in the iteration a hook runs.
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
    /// Runs `callback` in every iteration until the handle is closed, in the order in which the hooks were set.
    pub fn set_hook(&mut self, hook: Hook, callback: impl FnMut(&mut EventLoop) + 'static) -> Handle {
        let key = self.handles.insert(Kind::Hook(hook, Some(Box::new(callback))));
        self.hooks[hook as usize].push(key);
        Handle(key)
    }

    pub(crate) fn run_hooks(&mut self, hook: Hook) {
        if self.hooks[hook as usize].is_empty() {
            return;
        }
        self.place.phase = match hook {
            Hook::Idle => Phase::Idle,
            Hook::Prepare => Phase::Prepare,
            Hook::Check => Phase::Check,
        };
        for key in self.hooks[hook as usize].clone() {
            self.call(key); // does nothing where an earlier hook closed this one
        }
    }
}
