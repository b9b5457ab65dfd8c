//! Many clients at once, each asking again and again, and what they got.

use std::io::{self, BufRead};
use std::net::SocketAddr;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, Weak};
use std::thread;
use std::time::{Duration, Instant};

use cluster::client::cluster::Cluster;
use nix::sys::signal::Signal;

use super::client::{Client, TIMEOUT};
use super::send;

/// What the clients of a load got.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Requests answered with 200.
    pub(crate) answered: u64,
    /// Requests on an open connection that got no such answer.
    pub(crate) failed: Vec<Failure>,
    /// Connections that were refused.
    pub(crate) refused: u64,
}

/// A request that was cut short.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The worker that answered on this connection before, if one did.
    pub(crate) worker: Option<u32>,
    /// What came instead of a reply.
    pub(crate) error: io::Error,
}

/// Asks for `path` on `clients` threads, one request after another on each, while `during` runs: from when all were
/// answered once, or [`TIMEOUT`] was over, until it returns. A connection is kept for as long as the server keeps it
/// (`kept`), or for one request.
pub(crate) fn load<T>(
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
            match pid_and_close(&mut client, path) {
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

/// Asks once: the pid that answered, and whether the service closes the connection after this reply.
fn pid_and_close(client: &mut Client, path: &str) -> io::Result<(u32, bool)> {
    client.send(path)?;
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if client.0.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let mut body = String::new();
    client.0.read_line(&mut body)?;
    let pid = body.trim_end().parse().ok().filter(|_| head.starts_with("HTTP/1.1 200 "));
    let pid = pid.ok_or_else(|| io::Error::other(format!("no pid in {head}{body}")))?;
    Ok((pid, head.contains("\r\nConnection: close\r\n")))
}

/// Replaces all workers while `clients` ask for `/`: what the clients got.
pub(crate) fn restart_under_load(cluster: &Cluster, clients: usize, kept: bool) -> Tally {
    let (_, tally) = load(cluster.address(), clients, "/", kept, || {
        let (old, started) = (cluster.workers().unwrap(), Instant::now());
        send(cluster.primary(), Signal::SIGHUP);
        loop {
            let workers = cluster.workers().unwrap();
            if workers.len() == old.len() && !workers.iter().any(|pid| old.contains(pid)) {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(30), "of {old:?} some are left in {workers:?}");
            thread::yield_now();
        }
    })
    .unwrap();
    tally
}
