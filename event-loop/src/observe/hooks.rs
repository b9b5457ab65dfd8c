//! Callbacks for every iteration: libuv's idle, prepare and check handles.

use std::cell::RefCell;
use std::rc::Rc;

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
    /// Runs `callback` in every iteration until the handle is closed. Of several hooks the last that was set runs
    /// first, as in libuv.
    pub fn set_hook(&mut self, hook: Hook, callback: impl FnMut(&mut EventLoop) + 'static) -> Handle {
        let handle = self.handles.insert(Kind::Hook(hook, Rc::new(RefCell::new(callback))));
        self.hooks[hook as usize].push(handle);
        handle
    }

    pub(crate) fn run_hooks(&mut self, hook: Hook, phase: Phase) {
        if !self.hooks[hook as usize].is_empty() {
            self.position.phase = phase;
            self.call_hooks(hook);
        }
    }

    #[inline(never)] // so that a loop without hooks pays for three comparisons an iteration, not for three calls
    fn call_hooks(&mut self, hook: Hook) {
        for handle in self.hooks[hook as usize].clone().into_iter().rev() {
            // Otherwise an earlier hook closed this one.
            if let Some(Kind::Hook(_, callback)) = self.handles.get(handle).map(|entry| &entry.kind) {
                let callback = Rc::clone(callback);
                self.run_callback("hook", Some(handle), |ev| callback.borrow_mut()(ev));
            }
        }
    }
}
