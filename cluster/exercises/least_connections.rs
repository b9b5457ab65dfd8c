//! Assign each connection to the worker with the fewest open ones. (30 minutes)
//!
//! Node's `cluster` hands connections out in turn. If some of them stay open for hours, workers that were unlucky
//! pile them up. The remedy is a dispatcher that knows how many connections each worker has open: "least
//! connections". Write it, as a plain data structure: it is told what happens, and says which worker is next.
//!
//! - `assign` picks the worker with the fewest open connections. Without workers, it returns nothing.
//! - Of several with the fewest, it picks the one that has waited longest: since its last connection was assigned,
//!   or, where it never had one, since it joined.
//! - `closed` counts down, wherever the connection was. A number that is unknown, or closed already, changes nothing.
//! - A worker may leave (it died) and is not picked any more. Its connections are gone with it. If they are reported
//!   closed later, this changes nothing, even if a new worker has joined under the same number.
//! - A worker that joins has no connection, so it gets the next ones until it has caught up.
//! - What is closed leaves nothing behind: the dispatcher of a busy service runs for months.
//!
//! What to know: `Iterator::min_by_key` compares tuples from left to right, so one call finds the fewest and among
//! those the longest wait. No clock is needed: a counter that grows with each event is enough. Related code in
//! this chapter: `primary/dispatcher.rs`, which goes round and does not count.
//!
//! Check it with: cargo grade cluster least_connections

/// A connection that was assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// The number of the connection. No other has it, nor will have it.
    pub connection: u64,
    /// The worker that gets it.
    pub worker: u32,
}

/// Knows the workers and their open connections.
#[derive(Debug, Default)]
pub struct Dispatcher {
    todo: (),
}

impl Dispatcher {
    /// A dispatcher without workers.
    pub fn new() -> Self {
        todo!("make a dispatcher")
    }

    /// A worker has come.
    pub fn joined(&mut self, worker: u32) {
        todo!("the worker {worker} has joined {:?}", self.todo)
    }

    /// A worker is gone, and its connections with it.
    pub fn left(&mut self, worker: u32) {
        todo!("the worker {worker} has left {:?}", self.todo)
    }

    /// A connection has come; nothing where there is no worker for it.
    pub fn assign(&mut self) -> Option<Assigned> {
        todo!("assign a connection {:?}", self.todo)
    }

    /// A connection was closed.
    pub fn closed(&mut self, connection: u64) {
        todo!("the connection {connection} is closed {:?}", self.todo)
    }
}
