//! Node's `new Worker('./worker.js', { workerData })` in Rust: start, data in, messages both ways, exit and error.

use std::io::{self, Write};
use std::path::Path;
use std::thread::{self, JoinHandle, ThreadId};

use anyhow::{Context, ensure};
use crossbeam_channel::{Receiver, Sender, unbounded};

/// The worker's side: Node's `parentPort`.
#[derive(Debug)]
pub struct Port<In, Out> {
    inbox: Receiver<In>,
    outbox: Sender<Out>,
}

impl<In, Out> Port<In, Out> {
    /// The next message from the parent; `None` once the parent has closed its side.
    pub fn receive(&self) -> Option<In> {
        self.inbox.recv().ok()
    }

    /// Moves a message to the parent. One that nobody will receive is dropped, as in Node.
    pub fn post(&self, message: Out) {
        let _ = self.outbox.send(message);
    }
}

/// A thread with a mailbox on either side: Node's `Worker`.
#[derive(Debug)]
pub struct Worker<In, Out> {
    to: Sender<In>,
    from: Receiver<Out>,
    thread: JoinHandle<()>,
}

/// Why a worker ended without returning: what it panicked with. Node's `error` event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panicked(pub String);

impl<In: Send + 'static, Out: Send + 'static> Worker<In, Out> {
    /// Starts a thread called `name` (the kernel keeps 15 bytes of it) that runs `body` with `data`.
    ///
    /// # Errors
    /// `WouldBlock` at a limit of threads (`EAGAIN`, pthread_create(3)).
    ///
    /// # Panics
    /// When the name contains a zero byte.
    pub fn start<D: Send + 'static>(
        name: &str,
        data: D,
        body: impl FnOnce(D, Port<In, Out>) + Send + 'static,
    ) -> io::Result<Self> {
        let ((to, inbox), (outbox, from)) = (unbounded(), unbounded());
        let port = Port { inbox, outbox };
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || body(data, port))?;
        Ok(Self { to, from, thread })
    }

    /// Its id, for as long as it runs different from every other thread's.
    pub fn id(&self) -> ThreadId {
        self.thread.thread().id()
    }

    /// Moves a message to the worker. One to a worker that has ended is dropped, as in Node.
    pub fn post(&self, message: In) {
        let _ = self.to.send(message);
    }

    /// The worker's next message; `None` once it has ended and every message of its was received.
    pub fn receive(&self) -> Option<Out> {
        self.from.recv().ok()
    }

    /// Closes the worker's inbox and waits for its end.
    ///
    /// # Errors
    /// When it panicked.
    pub fn join(self) -> Result<(), Panicked> {
        drop(self.to);
        self.thread.join().map_err(|payload| {
            // `panic!` carries a `&str` or, with arguments, a `String`; `resume_unwind` may carry anything.
            let literal = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = literal.or_else(|| payload.downcast_ref().cloned());
            Panicked(text.unwrap_or_else(|| "a value without a text".to_owned()))
        })
    }
}

/// Shows a worker that multiplies by the data it was started with, in the buffer it is sent, and one that fails.
pub fn show(out: &mut dyn Write, _program: &Path) -> anyhow::Result<()> {
    let worker = Worker::start("multiplier", 6, |factor: u64, port: Port<Vec<u64>, (Vec<u64>, ThreadId)>| {
        while let Some(mut numbers) = port.receive() {
            numbers.iter_mut().for_each(|number| *number *= factor);
            port.post((numbers, thread::current().id()));
        }
    })?;
    let (id, here) = (worker.id(), thread::current().id());
    writeln!(out, "  {here:?} started {id:?}, workerData: 6")?;
    let numbers = vec![1, 2, 7];
    let address = numbers.as_ptr();
    worker.post(numbers);
    let (answer, by) = worker.receive().context("the worker ended without an answer")?;
    writeln!(out, "  posted [1, 2, 7], received {answer:?} from {by:?}")?;
    ensure!(answer == [6, 12, 42] && by == id && id != here, "from {by:?} came {answer:?}");
    ensure!(answer.as_ptr() == address, "the answer came in another buffer");
    writeln!(out, "  in the same buffer: transferred, not cloned")?;

    // resume_unwind is a panic! without its message on standard error.
    let faulty: Worker<(), ()> = Worker::start("faulty", "out of paper", |why, _| {
        std::panic::resume_unwind(Box::new(why));
    })?;
    let (ended, failed) = (worker.join(), faulty.join());
    writeln!(out, "  inbox closed, worker joined: {ended:?}")?;
    writeln!(out, "  one that panics: {failed:?}")?;
    ensure!(ended == Ok(()), "the worker ended with {ended:?}");
    ensure!(failed == Err(Panicked("out of paper".to_owned())), "the panic came back as {failed:?}");
    writeln!(out, "  A worker's end is a value to its parent.")?;
    Ok(())
}
