//! Run ticks and microtasks in Node's order, at most so many at a time. (30 minutes)
//!
//! After every callback Node.js runs what `process.nextTick` and `queueMicrotask` have queued, until both queues are
//! empty. A program whose ticks queue more ticks never gets out of there. Write queues that keep Node's order and can
//! stop after `limit` callbacks, to go on later exactly where they were.
//!
//! - First all ticks run, then all microtasks, each in the order in which they were queued.
//! - A tick that is queued by a tick still runs before the microtasks.
//! - A microtask that is queued by a microtask still runs before the ticks. A tick that is queued by a microtask
//!   waits until there is no microtask left. Then it is the ticks' turn again, and so on until both queues are empty.
//! - `drain` returns how many callbacks it has run: at most `limit`.
//! - The next `drain` goes on where the last one stopped: if that was among microtasks, the rest of them runs before
//!   a tick.
//! - A callback that panics is over. It takes no other callback with it: the next `drain` goes on with the one behind
//!   it.
//! - A million callbacks of which each queues the next one need no more stack than one.
//!
//! What to know: a callback is a `Box<dyn FnOnce(&mut Queues)>`, queued in a `VecDeque` (`push_back`, `pop_front`).
//! It gets the queues that run it, so none of them may be borrowed or taken out meanwhile. Related code in
//! this chapter: `queues.rs`, which drains without a limit.
//!
//! Check it with: cargo grade event-loop ticks_and_microtasks

/// Ticks and microtasks that wait to be run.
#[derive(Default)]
pub struct Queues {
    todo: (),
}

impl Queues {
    /// Empty queues.
    pub fn new() -> Self {
        todo!("make empty queues")
    }

    /// Queues a tick, as `process.nextTick` does.
    pub fn next_tick(&mut self, callback: impl FnOnce(&mut Queues) + 'static) {
        let _callback = callback;
        todo!("queue a tick {:?}", self.todo)
    }

    /// Queues a microtask, as `queueMicrotask` does.
    pub fn queue_microtask(&mut self, callback: impl FnOnce(&mut Queues) + 'static) {
        let _callback = callback;
        todo!("queue a microtask {:?}", self.todo)
    }

    /// Runs callbacks until both queues are empty, but at most `limit`; returns how many ran.
    pub fn drain(&mut self, limit: usize) -> usize {
        todo!("run at most {limit} callbacks {:?}", self.todo)
    }
}
