//! Writing without waiting, and back-pressure: a peer that reads slowly makes its writer wait, not its queue grow.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::mem;

use crate::EventLoop;
use crate::handle::{Entry, Kind};
use crate::stream::{Stream, is_passing};

/// With this many bytes queued a stream is full.
pub const HIGH_WATER: usize = 64 * 1024;

/// Whether a stream takes more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a full stream refuses the next write"]
pub enum Flow {
    /// It does.
    Open,
    /// Its peer reads more slowly than we write. Write again when the stream has drained.
    Full,
}

type OnDrain = Box<dyn FnMut(&mut EventLoop, Stream)>;

/// What a stream still has to send.
#[derive(Default)]
pub(crate) struct Outbox {
    /// What the kernel did not take yet.
    queue: VecDeque<u8>,
    full: bool,
    /// Close when the queue is empty.
    pub(crate) finishing: bool,
    on_drain: Option<OnDrain>,
}

impl Outbox {
    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}

impl Stream {
    /// Writes without waiting. What the kernel does not take at once is queued, and sent when there is room. When
    /// sending fails, the callback of [`Stream::on_data`] is told in the pending phase.
    ///
    /// # Errors
    /// `WouldBlock` when the stream is full: nothing of `bytes` was taken. So no more than [`HIGH_WATER`] and one
    /// write are ever queued. `NotConnected` when the stream is closed, `BrokenPipe` after [`Stream::finish`].
    pub fn write(self, ev: &mut EventLoop, bytes: &[u8]) -> io::Result<Flow> {
        let connection = self.connection(ev)?;
        let outbox = &mut connection.outbox;
        if outbox.finishing {
            return Err(io::Error::new(io::ErrorKind::BrokenPipe, "the stream is finished: write before that"));
        }
        if outbox.full {
            let why = "the stream is full: write again when it has drained";
            return Err(io::Error::new(io::ErrorKind::WouldBlock, why));
        }
        let sent = if outbox.is_empty() { send(&connection.socket, bytes) } else { Ok(0) };
        match sent {
            Ok(sent) => {
                outbox.queue.extend(&bytes[sent..]);
                outbox.full = outbox.queue.len() >= HIGH_WATER;
            }
            Err(error) => {
                outbox.full = true;
                ev.queues.pending.push_back(Box::new(move |ev| self.fail(ev, error)));
            }
        }
        let flow = if self.connection(ev)?.outbox.full { Flow::Full } else { Flow::Open };
        self.rewatch(ev)?;
        Ok(flow)
    }

    /// Calls `callback` whenever the stream was full and its queue has become empty.
    ///
    /// # Errors
    /// `NotConnected` when the stream is closed.
    pub fn on_drain(
        self,
        ev: &mut EventLoop,
        callback: impl FnMut(&mut EventLoop, Stream) + 'static,
    ) -> io::Result<()> {
        self.connection(ev)?.outbox.on_drain = Some(Box::new(callback));
        Ok(())
    }

    /// Reads no more, and closes the stream as soon as its queue is sent.
    pub fn finish(self, ev: &mut EventLoop) {
        let Ok(connection) = self.connection(ev) else { return };
        connection.reading = false;
        connection.outbox.finishing = true;
        if connection.outbox.is_empty() || self.rewatch(ev).is_err() {
            ev.close(self);
        }
    }

    /// How many bytes wait for the kernel to take them; 0 for a closed stream.
    pub fn queued(self, ev: &mut EventLoop) -> usize {
        self.connection(ev).map_or(0, |connection| connection.outbox.queue.len())
    }

    /// Sends once: what the kernel does not take now waits for the next time it has room.
    pub(crate) fn flush(self, ev: &mut EventLoop) -> io::Result<()> {
        let connection = self.connection(ev)?;
        let outbox = &mut connection.outbox;
        if outbox.is_empty() {
            return Ok(());
        }
        let sent = send(&connection.socket, outbox.queue.as_slices().0)?;
        outbox.queue.drain(..sent);
        if !outbox.is_empty() {
            return Ok(());
        }
        outbox.queue = VecDeque::new(); // an idle connection needs no buffer
        if outbox.finishing {
            ev.close(self);
            return Ok(());
        }
        let was_full = mem::take(&mut outbox.full);
        self.rewatch(ev)?;
        if was_full {
            ev.lend(self.0.0, on_drain, |callback, ev| callback(ev, self));
        }
        Ok(())
    }
}

fn send(mut socket: &std::net::TcpStream, bytes: &[u8]) -> io::Result<usize> {
    match socket.write(bytes) {
        Err(error) if is_passing(&error) => Ok(0),
        result => result,
    }
}

fn on_drain(entry: &mut Entry) -> Option<&mut Option<OnDrain>> {
    match &mut entry.kind {
        Kind::Stream(connection) => Some(&mut connection.outbox.on_drain),
        _ => None,
    }
}
