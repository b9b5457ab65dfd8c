//! Writing without waiting, and back-pressure: a peer that reads slowly makes its writer wait, not its queue grow.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Write};
use std::net::TcpStream;
use std::rc::Rc;

use super::stream::{Stream, unless_would_block};
use crate::EventLoop;

impl Stream {
    /// Writes without waiting, and returns whether the kernel took everything. What it does not take is queued, and
    /// sent when there is room: until then the stream is full. When sending fails, the callback of
    /// [`Stream::on_data`] gets the error in the pending phase.
    ///
    /// # Errors
    /// `WouldBlock` when the stream is full: nothing of `bytes` was taken, so the rest of one write is the most that is
    /// ever queued. `NotConnected` when the stream is closed, `BrokenPipe` after [`Stream::finish`].
    pub fn write(self, ev: &mut EventLoop, bytes: &[u8]) -> io::Result<bool> {
        let connection = self.connection(ev)?;
        if connection.is_finishing {
            return Err(io::Error::new(ErrorKind::BrokenPipe, "the stream is finished: write before that"));
        }
        if !connection.queue.is_empty() {
            return Err(io::Error::new(ErrorKind::WouldBlock, "the stream is full: write again when it has drained"));
        }
        match send(&connection.socket, bytes) {
            Ok(sent) if sent == bytes.len() => return Ok(true),
            Ok(sent) => {
                connection.queue.extend(&bytes[sent..]);
                self.update(ev)?;
            }
            Err(error) => ev.queues.pending.push_back(ev.task(move |ev| self.fail(ev, error))),
        }
        Ok(false)
    }

    /// Calls `callback` whenever the stream was full and has drained.
    ///
    /// # Errors
    /// `NotConnected` when the stream is closed.
    pub fn on_drain(self, ev: &mut EventLoop, callback: impl FnMut(&mut EventLoop) + 'static) -> io::Result<()> {
        self.connection(ev)?.on_drain = Some(Rc::new(RefCell::new(callback)));
        Ok(())
    }

    /// Writes no more: sends what is queued, tells the peer that this was all (half-close), reads and discards what
    /// the peer still sends, and closes the stream when the peer has ended, too. A socket that is closed with unread
    /// input resets the connection, and may destroy what was written. Node: `socket.end()`.
    pub fn finish(self, ev: &mut EventLoop) {
        let Ok(connection) = self.connection(ev) else { return };
        connection.is_finishing = true;
        if self.update(ev).is_err() {
            ev.close(self);
        }
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
        let callback = connection.on_drain.clone().filter(|_| !connection.is_finishing);
        self.update(ev)?;
        if let Some(callback) = callback {
            ev.run_callback("drain", Some(self.0), |ev| callback.borrow_mut()(ev));
        }
        Ok(())
    }
}

fn send(mut socket: &TcpStream, bytes: &[u8]) -> io::Result<usize> {
    unless_would_block(socket.write(bytes)).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::echo::LOCAL;

    #[test]
    fn a_full_stream_holds_the_rest_of_one_write_and_refuses_the_next() {
        let mut ev = EventLoop::new().unwrap();
        let listener = std::net::TcpListener::bind(LOCAL).unwrap();
        let _peer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let stream = Stream::adopt(&mut ev, listener.accept().unwrap().0).unwrap();
        let block = vec![0; 1 << 20];
        while stream.write(&mut ev, &block).unwrap() {}
        let queued = stream.connection(&mut ev).unwrap().queue.len();
        assert!((1..=block.len()).contains(&queued), "{queued} bytes");
        assert_eq!(stream.write(&mut ev, &block).unwrap_err().kind(), ErrorKind::WouldBlock);
        assert_eq!(stream.connection(&mut ev).unwrap().queue.len(), queued, "nothing more was taken");
    }
}
