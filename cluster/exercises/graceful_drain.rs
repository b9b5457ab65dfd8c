//! End a worker without cutting a request short: accept no more, drain, keep a deadline. (60 minutes)
//!
//! A worker that is to be replaced has requests in progress. In Node.js, `server.close()` accepts nothing more and
//! calls back when the last connection has ended, however long that takes. You write a worker that serves each
//! connection on a thread, and that can drain, with a deadline.
//!
//! - `serve` starts a thread that calls the handler with the connection; `serve` itself returns at once.
//! - From the moment `drain` is called, `serve` gives a connection back, so that another worker can have it.
//! - What is in progress is finished: `drain` waits until every handler has returned. A handler that panics counts
//!   as returned.
//! - At the deadline, `drain` shuts the connections down that are left (`Shutdown::Both`); their handlers see the end
//!   of the stream and return. `drain` waits for that, too, and returns how many connections it had to cut.
//! - When nothing is in progress (any more), it does not wait for the deadline.
//! - While it waits, it sleeps in the kernel, and does not look again and again.
//! - When it has returned, no thread is left, and no descriptor.
//!
//! What to know: `Condvar::wait_timeout_while`; a value's `Drop` runs also after a panic; `UnixStream::try_clone`
//! gives a second handle of the same connection, which can shut it down while another thread reads from the first;
//! `JoinHandle::join`. Related code in this chapter: `primary/ending.rs`, where processes drain; here it is
//! threads of one process.
//!
//! Check it with: cargo grade cluster graceful_drain

use std::marker::PhantomData;
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// Serves connections, each on a thread.
#[derive(Debug)]
pub struct Worker {
    todo: PhantomData<UnixStream>,
}

impl Worker {
    /// A worker that calls `handler` for each connection.
    pub fn new(handler: impl Fn(UnixStream) + Send + Sync + 'static) -> Self {
        let _handler = handler;
        todo!("make a worker")
    }

    /// Serves a connection on a new thread.
    ///
    /// # Errors
    /// The connection itself, where the worker drains.
    pub fn serve(&self, connection: UnixStream) -> Result<(), UnixStream> {
        todo!("serve {connection:?} {:?}", self.todo)
    }

    /// Takes no new connections, and waits for those in progress, at most for this time. Returns how many were cut.
    pub fn drain(&self, deadline: Duration) -> usize {
        todo!("drain within {deadline:?} {:?}", self.todo)
    }
}
