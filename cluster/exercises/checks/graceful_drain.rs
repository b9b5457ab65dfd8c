//! The checks of the exercise `graceful_drain`.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use answer::Worker;
use harness::process::fork;
use harness::{Check, Failure, Outcome, ensure, equal, failure, look, setup};

#[forbid(unsafe_code)]
#[path = "../graceful_drain.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "connections are served at the same time",
        hint: "one thread per connection, and serve does not wait for it",
        more: "thread::spawn in serve, with the handler in an Arc",
        run: same_time,
    },
    Check {
        name: "with nothing in progress it does not wait for the deadline",
        hint: "the last handler that returns must wake the drain",
        more: "notify the Condvar when a connection has ended, and look at the count before the first wait",
        run: idle,
    },
    Check {
        name: "a connection that comes during the drain is given back",
        hint: "the door is closed first, not last",
        more: "set a flag under the same lock under which serve looks at it",
        run: given_back,
    },
    Check {
        name: "a request in progress is finished",
        hint: "the drain waits before it shuts anything down",
        more: "wait_timeout_while something is open; only then look at what is left",
        run: finished,
    },
    Check {
        name: "at the deadline the rest is cut, and counted",
        hint: "a client that never says anything must not keep the worker",
        more: "keep a try_clone of each connection, and call shutdown(Shutdown::Both) on those that are left",
        run: deadline,
    },
    Check {
        name: "a handler that panics is over, too",
        hint: "code after the handler's call does not run when it panics",
        more: "count down in the Drop of a value that lives on the handler's thread",
        run: panics,
    },
    Check {
        name: "it sleeps while it waits",
        hint: "no loop with a sleep in it: let the last handler wake you",
        more: "Condvar::wait_timeout_while sleeps in the kernel until it is notified, or the time is over",
        run: sleeps,
    },
    Check {
        name: "no thread and no descriptor is left",
        hint: "after the cut, wait until the handlers have returned, and drop every handle of their connections",
        more: "keep the JoinHandles and join all of them at the end of the drain",
        run: nothing_left,
    },
];

const HOUR: Duration = Duration::from_secs(3600);

fn main() -> ExitCode {
    harness::run("cluster graceful_drain", CHECKS)
}

/// A worker that reads four bytes of a connection and then answers "done".
fn worker() -> Arc<Worker> {
    Arc::new(Worker::new(|mut connection| {
        let mut request = [0; 4];
        if connection.read_exact(&mut request).is_ok() {
            let _ = connection.write_all(b"done");
        }
    }))
}

/// The client's end of a connection that the worker serves.
fn client(worker: &Worker) -> Result<UnixStream, Failure> {
    let (ours, theirs) = setup(UnixStream::pair())?;
    setup(ours.set_read_timeout(Some(Duration::from_secs(3))))?;
    worker.serve(theirs).map_err(|_| failure("a connection was given back, but nobody had called drain"))?;
    Ok(ours)
}

/// Sends a request and returns everything that comes.
fn ask(mut client: UnixStream) -> String {
    let mut reply = Vec::new();
    let _ = client.write_all(b"ping");
    let _ = client.read_to_end(&mut reply);
    String::from_utf8_lossy(&reply).into_owned()
}

fn drain(worker: &Arc<Worker>, deadline: Duration) -> Receiver<usize> {
    let worker = Arc::clone(worker);
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(worker.drain(deadline)));
    receiver
}

fn returned(cut: &Receiver<usize>) -> Result<usize, Failure> {
    cut.recv_timeout(Duration::from_secs(3)).map_err(|_| failure("drain did not return within 3 seconds"))
}

/// Whether the worker gives a connection back, within three seconds.
fn gives_back(worker: &Worker) -> bool {
    let mut looks = 45;
    look::wait_until(|| {
        looks += 1; // a connection every 50 looks, so that a worker that takes all of them does not get thousands
        looks % 50 == 0 && UnixStream::pair().is_ok_and(|(_ours, theirs)| worker.serve(theirs).is_err())
    })
}

fn same_time() -> Outcome {
    let inside = Arc::new(AtomicUsize::new(0));
    let (sender, receiver) = mpsc::channel();
    let worker = Worker::new(move |_connection| {
        inside.fetch_add(1, Ordering::SeqCst);
        let _ = sender.send(look::wait_until(|| inside.load(Ordering::SeqCst) == 2));
    });
    let _clients = [client(&worker)?, client(&worker)?];
    let both = (0..2).all(|_| receiver.recv_timeout(Duration::from_secs(3)).unwrap_or(false));
    ensure(both, "each of two handlers waits until both are running", "both ran at once", "one ran alone")
}

fn idle() -> Outcome {
    equal("nothing was served; cut", &returned(&drain(&worker(), HOUR))?, &0)?;
    let worker = worker();
    equal("a reply", &ask(client(&worker)?).as_str(), &"done")?;
    equal("one request was served, and is over; cut", &returned(&drain(&worker, HOUR))?, &0)
}

fn given_back() -> Outcome {
    let worker = worker();
    let client = client(&worker)?;
    let cut = drain(&worker, HOUR);
    ensure(gives_back(&worker), "the worker drains, and a connection comes", "serve gives it back", "it was taken")?;
    ask(client);
    equal("the drain ended when the only request had; cut", &returned(&cut)?, &0)?;
    ensure(gives_back(&worker), "the worker has drained, and a connection comes", "serve gives it back", "it was taken")
}

fn finished() -> Outcome {
    let worker = worker();
    let client = client(&worker)?;
    let cut = drain(&worker, HOUR);
    gives_back(&worker); // the drain has begun
    let early = cut.try_recv().ok();
    equal("a request is in progress, and drain returned", &early, &None)?;
    equal("the reply to this request", &ask(client).as_str(), &"done")?;
    equal("cut", &returned(&cut)?, &0)
}

fn deadline() -> Outcome {
    let worker = worker();
    let mut silent = [client(&worker)?, client(&worker)?];
    equal("a reply before the drain", &ask(client(&worker)?).as_str(), &"done")?;
    let cut = returned(&drain(&worker, Duration::from_millis(100)))?;
    equal("two clients say nothing until the deadline; cut", &cut, &2)?;
    for client in &mut silent {
        let ended = client.read(&mut [0; 8]).is_ok_and(|length| length == 0);
        ensure(ended, "what a client that was cut sees", "the end of the stream", "nothing for 3 seconds")?;
    }
    Ok(())
}

fn panics() -> Outcome {
    let worker = Arc::new(Worker::new(|mut connection| {
        let _ = connection.read(&mut [0; 4]);
        panic!("on purpose");
    }));
    ask(client(&worker)?);
    equal("the only handler has panicked; cut", &returned(&drain(&worker, HOUR))?, &0)
}

fn sleeps() -> Outcome {
    let child = fork(|| {
        let worker = worker();
        let _client = client(&worker);
        worker.drain(HOUR) as i32
    })?;
    worker().drain(Duration::ZERO); // so that a panic is seen here, too
    ensure(look::sleeps(child), "a drain that waits was seen running again and again", "all threads asleep", "awake")
}

fn nothing_left() -> Outcome {
    let (threads, descriptors) = (look::threads(), look::descriptors());
    let worker = worker();
    let clients = (0..3).map(|_| client(&worker)).collect::<Result<Vec<_>, _>>()?;
    equal("three clients say nothing; cut", &returned(&drain(&worker, Duration::from_millis(50)))?, &3)?;
    look::wait_until(|| look::threads() == threads);
    equal("this many threads are there, all clients still connected", &look::threads(), &threads)?;
    drop((clients, worker));
    equal("these descriptors are open", &look::descriptors(), &descriptors)
}
