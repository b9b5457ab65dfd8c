//! Many clients at once, each asking again and again, and what they got.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::client::{Client, PATIENCE};

/// What the clients of a load got.
#[derive(Debug, Default)]
pub struct Tally {
    /// Requests answered with 200, by the pid that answered.
    pub answered: BTreeMap<u32, u64>,
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

impl Tally {
    /// Requests that were answered.
    pub fn total(&self) -> u64 {
        self.answered.values().sum()
    }
}

/// Asks for `path` on `clients` threads, one request after another on each, while `during` runs: from when all were
/// answered once, or [`PATIENCE`] was over, until it returns. A connection is kept
/// for as long as the server keeps it (`kept`), or for one request.
pub fn load<T>(address: SocketAddr, clients: usize, path: &str, kept: bool, during: impl FnOnce() -> T) -> (T, Tally) {
    /// The clients end with `during`, even if it panics.
    struct Stop<'a>(&'a AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    let (stop, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        let ask = || ask_until(&stop, &answered, address, path, kept);
        let threads: Vec<_> = (0..clients).map(|_| scope.spawn(ask)).collect();
        let result = {
            let (_stop, started) = (Stop(&stop), Instant::now());
            while answered.load(Ordering::Relaxed) < clients && started.elapsed() < PATIENCE {
                thread::sleep(Duration::from_millis(1));
            }
            during()
        };
        let mut all = Tally::default();
        for tally in threads.into_iter().map(|thread| thread.join().expect("a client does not panic")) {
            tally.answered.into_iter().for_each(|(pid, count)| *all.answered.entry(pid).or_default() += count);
            all.failed.extend(tally.failed);
            all.refused += tally.refused;
        }
        (result, all)
    })
}

fn ask_until(stop: &AtomicBool, answered: &AtomicUsize, address: SocketAddr, path: &str, kept: bool) -> Tally {
    let mut tally = Tally::default();
    while !stop.load(Ordering::Relaxed) {
        let Ok(mut client) = Client::connect(address) else {
            tally.refused += 1;
            thread::yield_now();
            continue;
        };
        let mut worker = None;
        while !stop.load(Ordering::Relaxed) {
            match client.get(path).and_then(|response| Ok((response.pid()?, response.close))) {
                Ok((pid, close)) => {
                    if tally.answered.is_empty() {
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                    *tally.answered.entry(pid).or_default() += 1;
                    worker = Some(pid);
                    if close || !kept {
                        break;
                    }
                }
                Err(error) => {
                    tally.failed.push(Failure { worker, error });
                    break;
                }
            }
        }
    }
    tally
}
