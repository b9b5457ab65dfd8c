//! Fails: the worker with the fewest open connections is picked
//!
//! It hands connections out in turn, as the chapter does, and counts only for show.

use std::collections::HashMap;

/// A connection that was assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// The number of the connection. No other has it, nor will have it.
    pub connection: u64,
    /// The worker that gets it.
    pub worker: u32,
}

#[derive(Debug)]
struct Worker {
    number: u32,
    open: usize,
    /// When it was last assigned a connection, or joined.
    since: u64,
}

/// Knows the workers and their open connections.
#[derive(Debug, Default)]
pub struct Dispatcher {
    workers: Vec<Worker>,
    connections: HashMap<u64, u32>,
    events: u64,
}

impl Dispatcher {
    /// A dispatcher without workers.
    pub fn new() -> Self {
        Self::default()
    }

    /// A worker has come.
    pub fn joined(&mut self, worker: u32) {
        self.left(worker);
        self.events += 1;
        self.workers.push(Worker { number: worker, open: 0, since: self.events });
    }

    /// A worker is gone, and its connections with it.
    pub fn left(&mut self, worker: u32) {
        self.workers.retain(|other| other.number != worker);
        self.connections.retain(|_, owner| *owner != worker);
    }

    /// A connection has come; nothing where there is no worker for it.
    pub fn assign(&mut self) -> Option<Assigned> {
        let worker = self.workers.iter_mut().min_by_key(|worker| worker.since)?;
        self.events += 1;
        worker.open += 1;
        worker.since = self.events;
        self.connections.insert(self.events, worker.number);
        Some(Assigned { connection: self.events, worker: worker.number })
    }

    /// A connection was closed.
    pub fn closed(&mut self, connection: u64) {
        let Some(owner) = self.connections.remove(&connection) else {
            return;
        };
        for worker in self.workers.iter_mut().filter(|worker| worker.number == owner) {
            worker.open -= 1;
        }
    }
}
