//! A meeting that only jobs which run at the same time can keep: it proves what a clock only suggests.

use std::io;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use crate::executor::Executor;
use crate::observe::trace::{Task, run_all};

/// A meeting of a given number of threads; a barrier whose waiting has a deadline.
#[derive(Debug)]
pub struct Rendezvous {
    missing: Mutex<usize>,
    complete: Condvar,
}

impl Rendezvous {
    /// A meeting of `parties`.
    pub fn new(parties: usize) -> Self {
        Self { missing: Mutex::new(parties), complete: Condvar::new() }
    }

    /// Waits for the others, at most `patience`; whether all came. A late party of a full meeting does not wait.
    pub fn meet(&self, patience: Duration) -> bool {
        let mut missing = self.missing.lock().expect(UNPOISONED);
        *missing = missing.saturating_sub(1);
        self.complete.notify_all();
        drop(missing);
        self.wait(patience)
    }

    /// Waits for the parties without being one; whether all came.
    pub fn wait(&self, patience: Duration) -> bool {
        let missing = self.missing.lock().expect(UNPOISONED);
        let wait = self.complete.wait_timeout_while(missing, patience, |missing| *missing > 0);
        *wait.expect(UNPOISONED).0 == 0
    }
}

/// The kernel's ids of `parties` threads of `executor`, each of which ran a job while all the others did.
///
/// # Errors
/// `TimedOut` when fewer jobs ran at once within `patience`; those of [`Executor::execute`].
pub fn threads_at_once(executor: &dyn Executor, parties: usize, patience: Duration) -> io::Result<Vec<i32>> {
    let meeting = Arc::new(Rendezvous::new(parties));
    let tasks = (0..parties).map(|_| {
        let meeting = Arc::clone(&meeting);
        Box::new(move || meeting.meet(patience)) as Task<bool>
    });
    let outcomes = run_all(executor, tasks.collect())?;
    let met = outcomes.into_iter().flatten().filter(|traced| traced.value);
    let ids: Vec<i32> = met.map(|traced| traced.ran_on).collect();
    if ids.len() < parties {
        let why = format!("{parties} jobs did not run at once within {patience:?}: the pool has fewer threads");
        return Err(io::Error::new(io::ErrorKind::TimedOut, why));
    }
    Ok(ids)
}

const UNPOISONED: &str = "nothing panics while it counts the parties";
