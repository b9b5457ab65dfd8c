//! Fails: a handler that panics is over, too
//!
//! What counts the connection down stands after the call of the handler, which a panic skips.

use std::collections::HashMap;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

#[derive(Default)]
struct State {
    draining: bool,
    open: HashMap<u64, UnixStream>,
    served: u64,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    ended: Condvar,
}

/// A connection in progress: when it is dropped, the connection has ended.
struct InProgress {
    shared: Arc<Shared>,
    number: u64,
}

impl Drop for InProgress {
    fn drop(&mut self) {
        self.shared.state.lock().unwrap().open.remove(&self.number);
        self.shared.ended.notify_all();
    }
}

/// Serves connections, each on a thread.
pub struct Worker {
    handler: Arc<dyn Fn(UnixStream) + Send + Sync>,
    shared: Arc<Shared>,
}

impl Worker {
    /// A worker that calls `handler` for each connection.
    pub fn new(handler: impl Fn(UnixStream) + Send + Sync + 'static) -> Self {
        Self { handler: Arc::new(handler), shared: Arc::default() }
    }

    /// Serves a connection on a new thread.
    ///
    /// # Errors
    /// The connection itself, where the worker drains.
    pub fn serve(&self, connection: UnixStream) -> Result<(), UnixStream> {
        let mut state = self.shared.state.lock().unwrap();
        if state.draining {
            return Err(connection);
        }
        let Ok(second) = connection.try_clone() else {
            return Err(connection);
        };
        let number = state.served;
        state.served += 1;
        state.open.insert(number, second);
        let handler = Arc::clone(&self.handler);
        let in_progress = InProgress { shared: Arc::clone(&self.shared), number };
        state.threads.push(thread::spawn(move || {
            let in_progress = std::mem::ManuallyDrop::new(in_progress);
            handler(connection);
            drop(std::mem::ManuallyDrop::into_inner(in_progress));
        }));
        Ok(())
    }

    /// Takes no new connections, and waits for those in progress, at most for this time. Returns how many were cut.
    pub fn drain(&self, deadline: Duration) -> usize {
        let mut state = self.shared.state.lock().unwrap();
        state.draining = true;
        let (mut state, _) =
            self.shared.ended.wait_timeout_while(state, deadline, |state| !state.open.is_empty()).unwrap();
        let cut = state.open.len();
        for connection in state.open.values() {
            let _ = connection.shutdown(Shutdown::Both); // an error says that the client has gone already
        }
        let threads = std::mem::take(&mut state.threads);
        drop(state);
        for thread in threads {
            let _ = thread.join(); // an error says that the handler panicked
        }
        cut
    }
}
