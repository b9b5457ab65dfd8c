//! Jobs that wait for each other: proof that they run at the same time, where a clock only suggests it.

use std::io;
use std::time::{Duration, Instant};

use crossbeam_channel::{bounded, unbounded};

use crate::executor::Executor;
use crate::observe::tasks::thread_id;

/// The kernel's ids of `parties` threads of `executor`, each of which ran a job while all the others did.
///
/// # Errors
/// `TimedOut` when fewer jobs ran at the same time within `patience`; those of [`Executor::execute`].
pub fn threads_at_once(executor: &dyn Executor, parties: usize, patience: Duration) -> io::Result<Vec<i32>> {
    let (id_tx, id_rx) = unbounded();
    let (_open_until_return, gate) = bounded::<()>(0);
    for _ in 0..parties {
        let (id_tx, gate) = (id_tx.clone(), gate.clone());
        let job = move || {
            let _ = id_tx.send(thread_id());
            let _ = gate.recv(); // holds this thread until the function returns
        };
        executor.execute(Box::new(job))?;
    }
    let deadline = Instant::now() + patience;
    let ids: Vec<i32> = (0..parties).map_while(|_| id_rx.recv_deadline(deadline).ok()).collect();
    if ids.len() < parties {
        let why = format!("only {} of {parties} jobs ran at the same time within {patience:?}", ids.len());
        return Err(io::Error::new(io::ErrorKind::TimedOut, why));
    }
    Ok(ids)
}
