//! Many clients at once, each asking again and again, and what they got.

use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;

use crate::client::{Client, PATIENCE};

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
/// answered once, or [`PATIENCE`] was over, until it returns. A connection is kept for as long as the server keeps it
/// (`kept`), or for one request.
pub fn load<T>(address: SocketAddr, clients: usize, path: &str, kept: bool, during: impl FnOnce() -> T) -> (T, Tally) {
    /// The clients end with `during`, even if it panics.
    struct Stop<'a>(&'a AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    let (stop, tally) = (AtomicBool::new(false), Mutex::new(Tally::default()));
    let result = thread::scope(|scope| {
        let _stop = Stop(&stop);
        let (unanswered, all_answered) = mpsc::channel();
        for _ in 0..clients {
            let (unanswered, stop, tally) = (unanswered.clone(), &stop, &tally);
            scope.spawn(move || ask(address, path, kept, unanswered, stop, tally));
        }
        drop(unanswered);
        let _ = all_answered.recv_timeout(PATIENCE); // nothing is sent: it ends when each client has dropped its end
        during()
    });
    (result, tally.into_inner().expect("a client does not panic"))
}

/// One of the clients.
fn ask(address: SocketAddr, path: &str, kept: bool, unanswered: Sender<()>, stop: &AtomicBool, tally: &Mutex<Tally>) {
    let mut unanswered = Some(unanswered);
    let count = || tally.lock().expect("a client does not panic");
    while !stop.load(Ordering::Relaxed) {
        let Ok(mut client) = Client::connect(address) else {
            count().refused += 1;
            thread::yield_now();
            continue;
        };
        let mut worker = None;
        while !stop.load(Ordering::Relaxed) {
            match client.get(path).and_then(|response| Ok((response.pid()?, response.close))) {
                Ok((pid, close)) => {
                    count().answered += 1;
                    (unanswered, worker) = (None, Some(pid));
                    if close || !kept {
                        break;
                    }
                }
                Err(error) => {
                    count().failed.push(Failure { worker, error });
                    break;
                }
            }
        }
    }
    drop(unanswered);
}
