//! Many clients at once, each asking again and again, and what they got.

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, Weak};
use std::thread;

use super::{Client, TIMEOUT};

/// What the clients of a load got.
#[derive(Debug, Default)]
pub struct Tally {
    /// Requests answered with 200.
    pub answered: u64,
    /// Requests on an open connection that got no such answer.
    pub failed: Vec<Failure>,
    /// Connections that were not made: nobody listened.
    pub refused: u64,
}

/// A request that was cut short.
#[derive(Debug)]
pub struct Failure {
    /// Who answered on this connection before, if anybody.
    pub worker: Option<u32>,
    /// What came instead of a reply.
    pub error: io::Error,
}

/// Asks for `path` on `clients` threads, one request after another on each, while `during` runs: from when all were
/// answered once, or [`TIMEOUT`] was over, until it returns. A connection is kept for as long as the server keeps it
/// (`kept`), or for one request.
///
/// # Errors
/// `WouldBlock` when a thread cannot be started (`EAGAIN`, pthread_create(3)).
pub fn load<T>(
    address: SocketAddr,
    clients: usize,
    path: &str,
    kept: bool,
    during: impl FnOnce() -> T,
) -> io::Result<(T, Tally)> {
    let tally = Mutex::new(Tally::default());
    let result = thread::scope(|scope| {
        let running = Arc::new(()); // the clients end when it is gone: with `during`, even if that panics
        let (unanswered, all_answered) = mpsc::channel();
        for _ in 0..clients {
            let (unanswered, running, tally) = (unanswered.clone(), Arc::downgrade(&running), &tally);
            let client = move || ask(address, path, kept, unanswered, &running, tally);
            thread::Builder::new().spawn_scoped(scope, client)?;
        }
        drop(unanswered);
        let _ = all_answered.recv_timeout(TIMEOUT); // nothing is sent: it ends when each client has dropped its end
        io::Result::Ok(during())
    })?;
    Ok((result, tally.into_inner().expect("a client does not panic")))
}

/// One of the clients.
fn ask(address: SocketAddr, path: &str, kept: bool, unanswered: Sender<()>, running: &Weak<()>, tally: &Mutex<Tally>) {
    let mut unanswered = Some(unanswered);
    let count = || tally.lock().expect("a client does not panic");
    while running.strong_count() > 0 {
        let Ok(mut client) = Client::connect(address) else {
            count().refused += 1;
            thread::yield_now();
            continue;
        };
        let (mut worker, mut more) = (None, true);
        while more && running.strong_count() > 0 {
            match client.get(path).and_then(|response| Ok((response.pid()?, response.close))) {
                Ok((pid, close)) => {
                    count().answered += 1;
                    (unanswered, worker, more) = (None, Some(pid), kept && !close);
                }
                Err(error) => {
                    count().failed.push(Failure { worker, error });
                    more = false;
                }
            }
        }
    }
    drop(unanswered);
}
