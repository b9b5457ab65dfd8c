//! Node's `new Worker('./worker.js', { workerData })` in Rust: start with data, messages both ways, exit and error.

use std::io::{self, Write};
use std::panic;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use anyhow::Context;

use crate::cli::claim;

/// What the worker receives from and posts to: Node's `parentPort`.
#[derive(Debug)]
pub struct Port<In, Out> {
    inbox: Receiver<In>,
    outbox: Sender<Out>,
}

impl<In, Out> Port<In, Out> {
    /// The next message from the parent; `None` once the parent has closed its end of the channel.
    pub fn receive(&self) -> Option<In> {
        self.inbox.recv().ok()
    }

    /// Moves a message to the parent. A message that nobody can receive is dropped, as in Node.
    pub fn post(&self, message: Out) {
        let _ = self.outbox.send(message);
    }
}

/// A thread with a channel in each direction: Node's `Worker`.
#[derive(Debug)]
pub struct Worker<In, Out> {
    messages_in: Sender<In>,
    messages_out: Receiver<Out>,
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
        let (messages_in, inbox) = channel();
        let (outbox, messages_out) = channel();
        let port = Port { inbox, outbox };
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || body(data, port))?;
        Ok(Self { messages_in, messages_out, thread })
    }

    /// Moves a message to the worker. A message to a worker that has ended is dropped, as in Node.
    pub fn post(&self, message: In) {
        let _ = self.messages_in.send(message);
    }

    /// The worker's next message; `None` once it has ended and all its messages were received.
    pub fn receive(&self) -> Option<Out> {
        self.messages_out.recv().ok()
    }

    /// Closes the worker's inbox and waits for its end.
    ///
    /// # Errors
    /// When it panicked.
    pub fn join(self) -> Result<(), Panicked> {
        drop(self.messages_in);
        self.thread.join().map_err(|payload| {
            // `panic!` carries a `&str` or, with arguments, a `String`; `resume_unwind` may carry anything.
            let text = payload.downcast_ref::<&str>().map(|text| text.to_string());
            let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
            Panicked(text.unwrap_or_else(|| "a value without a text".to_owned()))
        })
    }
}

/// Shows a worker that multiplies numbers in the buffer in which they arrive, and a worker that panics.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We start a worker with workerData 6 and post [1, 2, 7] to it. It multiplies")?;
    writeln!(out, "  each number and posts the vector back. A second worker panics.")?;
    writeln!(out, "  Expected: [6, 12, 42], in the buffer that we sent. The panic of the second")?;
    writeln!(out, "  worker is an error when we join it, and our thread goes on.")?;
    let multiplier = Worker::start("multiplier", 6, multiply)?;
    let numbers = vec![1, 2, 7];
    let address = numbers.as_ptr();
    multiplier.post(numbers);
    let answer = multiplier.receive().context("the worker ended without an answer")?;
    writeln!(out, "    answer                   {answer:?}")?;
    claim(answer == [6, 12, 42], format!("the answer was {answer:?}"))?;
    let place = if answer.as_ptr() == address { "the same: it was not copied" } else { "another" };
    writeln!(out, "    its buffer in memory     {place}")?;
    claim(answer.as_ptr() == address, "the answer came in another buffer")?;
    let ended = multiplier.join();
    writeln!(out, "    joining the first        {ended:?}")?;
    claim(ended == Ok(()), format!("the worker ended with {ended:?}"))?;

    let faulty: Worker<(), ()> = Worker::start("faulty", "out of paper", fail)?;
    let failed = faulty.join();
    writeln!(out, "    joining the second       {failed:?}")?;
    claim(failed == Err(Panicked("out of paper".to_owned())), format!("the panic came back as {failed:?}"))?;
    writeln!(out, "  Node's Worker has the same parts; its postMessage clones where a send in Rust")?;
    writeln!(out, "  moves, and the error that join returns is its 'error' event.")?;
    Ok(())
}

fn multiply(factor: u64, port: Port<Vec<u64>, Vec<u64>>) {
    while let Some(mut numbers) = port.receive() {
        for number in &mut numbers {
            *number *= factor;
        }
        port.post(numbers);
    }
}

/// `resume_unwind` is a `panic!` that prints nothing on standard error.
fn fail(why: &'static str, _: Port<(), ()>) {
    panic::resume_unwind(Box::new(why));
}
