//! A round trip whose receivers sleep at once: they look for a message with `try_recv`, and park while there is none.
//! Nothing but the way to receive differs from a worker's, which waits in `recv`.

use std::io;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::{self, Thread};

/// A thread that sends every message back. It sleeps until the program ends.
pub(crate) struct ParkedEcho {
    messages_in: Sender<u64>,
    messages_out: Receiver<u64>,
    thread: Thread,
}

impl ParkedEcho {
    /// Starts the thread, which calls `begin` first. Only the caller may receive its messages.
    pub(crate) fn start(begin: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let (messages_in, inbox) = channel();
        let (outbox, messages_out) = channel();
        let starter = thread::current();
        let echo = thread::Builder::new().spawn(move || {
            begin();
            while let Some(message) = receive(&inbox) {
                let _ = outbox.send(message);
                starter.unpark();
            }
        })?;
        Ok(Self { messages_in, messages_out, thread: echo.thread().clone() })
    }

    /// Sends a message and waits until it is back.
    pub(crate) fn round_trip(&self) -> io::Result<()> {
        let _ = self.messages_in.send(7);
        self.thread.unpark();
        receive(&self.messages_out).map(drop).ok_or_else(|| io::Error::other("the thread is gone"))
    }
}

fn receive(channel: &Receiver<u64>) -> Option<u64> {
    loop {
        match channel.try_recv() {
            Ok(message) => return Some(message),
            Err(TryRecvError::Empty) => thread::park(), // until the sender unparks us, or for no reason
            Err(TryRecvError::Disconnected) => return None,
        }
    }
}
