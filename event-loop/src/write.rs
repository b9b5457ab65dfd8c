//! Writing without waiting, and back-pressure: a peer that reads slowly makes its writer wait, not its queue grow.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Write};
use std::net::TcpStream;
use std::rc::Rc;

use crate::EventLoop;
use crate::stream::{Stream, unless_passing};

/// Whether a stream takes more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a full stream refuses the next write"]
pub enum Flow {
    /// It does: the kernel took everything.
    Open,
    /// Its peer reads more slowly than we write. Write again when the stream has drained.
    Full,
}

pub(crate) type OnDrain = Rc<RefCell<dyn FnMut(&mut EventLoop, Stream)>>;

impl Stream {
    /// Writes without waiting. What the kernel does not take at once is queued, and sent when there is room. When
    /// sending fails, the callback of [`Stream::on_data`] is told in the pending phase.
    ///
    /// # Errors
    /// `WouldBlock` when the stream is full: nothing of `bytes` was taken, so the rest of one write is the most that is
    /// ever queued. `NotConnected` when the stream is closed, `BrokenPipe` after [`Stream::finish`].
    pub fn write(self, ev: &mut EventLoop, bytes: &[u8]) -> io::Result<Flow> {
        let connection = self.connection(ev)?;
        if connection.finishing {
            return Err(io::Error::new(ErrorKind::BrokenPipe, "the stream is finished: write before that"));
        }
        if !connection.queue.is_empty() {
            return Err(io::Error::new(ErrorKind::WouldBlock, "the stream is full: write again when it has drained"));
        }
        match send(&connection.socket, bytes) {
            Ok(sent) if sent == bytes.len() => Ok(Flow::Open),
            Ok(sent) => {
                connection.queue.extend(&bytes[sent..]);
                self.rewatch(ev).map(|()| Flow::Full)
            }
            Err(error) => {
                ev.queues.pending.push_back(Box::new(move |ev| self.fail(ev, error)));
                Ok(Flow::Full)
            }
        }
    }

    /// Calls `callback` whenever the stream was full and has drained.
    ///
    /// # Errors
    /// `NotConnected` when the stream is closed.
    pub fn on_drain(
        self,
        ev: &mut EventLoop,
        callback: impl FnMut(&mut EventLoop, Stream) + 'static,
    ) -> io::Result<()> {
        self.connection(ev)?.on_drain = Some(Rc::new(RefCell::new(callback)));
        Ok(())
    }

    /// Reads no more, and closes the stream as soon as its queue is sent.
    pub fn finish(self, ev: &mut EventLoop) {
        let Ok(connection) = self.connection(ev) else { return };
        connection.reading = false;
        connection.finishing = true;
        if connection.queue.is_empty() || self.rewatch(ev).is_err() {
            ev.close(self);
        }
    }

    /// How many bytes wait for the kernel to take them; 0 for a closed stream.
    pub fn queued(self, ev: &mut EventLoop) -> usize {
        self.connection(ev).map_or(0, |connection| connection.queue.len())
    }

    /// Sends once: what the kernel does not take now waits for the next time it has room.
    pub(crate) fn flush(self, ev: &mut EventLoop) -> io::Result<()> {
        let connection = self.connection(ev)?;
        if connection.queue.is_empty() {
            return Ok(());
        }
        let sent = send(&connection.socket, connection.queue.as_slices().0)?;
        connection.queue.drain(..sent);
        if !connection.queue.is_empty() {
            return Ok(());
        }
        connection.queue = VecDeque::new(); // an idle connection needs no buffer
        if connection.finishing {
            ev.close(self);
            return Ok(());
        }
        let callback = connection.on_drain.clone();
        self.rewatch(ev)?;
        if let Some(callback) = callback {
            ev.enter("drain", Some(self.0), |ev| callback.borrow_mut()(ev, self));
        }
        Ok(())
    }
}

fn send(mut socket: &TcpStream, bytes: &[u8]) -> io::Result<usize> {
    unless_passing(socket.write(bytes)).map(Option::unwrap_or_default)
}
