//! A TCP connection: reading when there is something to read.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read};
use std::mem;
use std::net::TcpStream;
use std::rc::Rc;

use nix::sys::epoll::EpollFlags;

use super::write::OnDrain;
use crate::EventLoop;
use crate::handle::{Handle, Kind};

/// How many bytes one read takes at most: one buffer of this size serves all streams of a loop.
pub const READ_SIZE: usize = 64 * 1024;

type OnData = Rc<RefCell<dyn FnMut(&mut EventLoop, Stream, io::Result<&[u8]>)>>;

pub(crate) struct Connection {
    pub(crate) socket: TcpStream,
    on_data: Option<OnData>,
    pub(crate) reading: bool,
    /// What the kernel did not take yet.
    pub(crate) queue: VecDeque<u8>,
    pub(crate) on_drain: Option<OnDrain>,
    /// Nothing more is written; what still comes is discarded.
    pub(crate) is_finishing: bool,
    /// The peer writes no more.
    pub(crate) has_ended: bool,
}

/// A TCP connection of a loop. It keeps the loop alive while it waits for something: for data, or for its peer to take
/// what is queued. Node: `net.Socket`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stream(pub(crate) Handle);

impl From<Stream> for Handle {
    fn from(stream: Stream) -> Self {
        stream.0
    }
}

impl Stream {
    /// Makes a connected socket a stream of the loop. It reads nothing until [`Stream::on_data`] is called.
    ///
    /// # Errors
    /// Those of making the socket non-blocking.
    pub fn adopt(ev: &mut EventLoop, socket: TcpStream) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let queue = VecDeque::new();
        let connection = Connection {
            socket,
            on_data: None,
            reading: false,
            queue,
            on_drain: None,
            is_finishing: false,
            has_ended: false,
        };
        Ok(Self(ev.handles.insert(Kind::Stream(Box::new(connection)))))
    }

    /// Reads from now on, and passes what came to `callback`. An empty slice is the end: the peer writes no more, and may
    /// still read. After an error, which may also be one of writing, the stream is closed.
    ///
    /// # Errors
    /// `NotConnected` when the stream is closed; those of epoll_ctl(2).
    pub fn on_data(
        self,
        ev: &mut EventLoop,
        callback: impl FnMut(&mut EventLoop, Stream, io::Result<&[u8]>) + 'static,
    ) -> io::Result<()> {
        self.connection(ev)?.on_data = Some(Rc::new(RefCell::new(callback)));
        self.resume(ev)
    }

    /// Stops reading: what the peer sends stays in the kernel's buffers, and when these are full the peer waits.
    ///
    /// # Errors
    /// `NotConnected` when the stream is closed.
    pub fn pause(self, ev: &mut EventLoop) -> io::Result<()> {
        self.connection(ev)?.reading = false;
        self.update_interest(ev)
    }

    /// Reads again.
    ///
    /// # Errors
    /// `NotConnected` when the stream is closed; those of epoll_ctl(2).
    pub fn resume(self, ev: &mut EventLoop) -> io::Result<()> {
        let connection = self.connection(ev)?;
        connection.reading = !connection.is_finishing;
        self.update_interest(ev)
    }

    pub(crate) fn connection(self, ev: &mut EventLoop) -> io::Result<&mut Connection> {
        match ev.handles.get_mut(self.0).map(|entry| &mut entry.kind) {
            Some(Kind::Stream(connection)) => Ok(connection),
            _ => Err(io::Error::new(ErrorKind::NotConnected, "the stream is closed")),
        }
    }

    /// Has epoll watch for what the stream waits for now.
    pub(crate) fn update_interest(self, ev: &mut EventLoop) -> io::Result<()> {
        let connection = self.connection(ev)?;
        let mut wanted = EpollFlags::empty();
        let has_reader = connection.reading && connection.on_data.is_some();
        wanted.set(EpollFlags::EPOLLIN, (has_reader || connection.is_finishing) && !connection.has_ended);
        wanted.set(EpollFlags::EPOLLOUT, !connection.queue.is_empty());
        ev.watch(self.0, wanted)
    }

    /// Errors and hang-ups count as readable and as writable: the call that follows returns the error.
    pub(crate) fn on_ready(self, ev: &mut EventLoop, events: EpollFlags) {
        let broken = EpollFlags::EPOLLERR | EpollFlags::EPOLLHUP;
        let mut result = Ok(());
        if events.intersects(broken | EpollFlags::EPOLLIN) {
            result = self.receive(ev);
        }
        if result.is_ok() && events.intersects(broken | EpollFlags::EPOLLOUT) {
            result = self.flush(ev);
        }
        if let Err(error) = result {
            self.fail(ev, error); // does nothing where a callback closed the stream
        }
    }

    /// Reads once: what is left is reported again in the next iteration, after the other events.
    fn receive(self, ev: &mut EventLoop) -> io::Result<()> {
        let mut buffer = mem::take(&mut ev.buffer);
        buffer.resize(READ_SIZE, 0);
        let received = self.receive_into(ev, &mut buffer);
        ev.buffer = buffer;
        received
    }

    fn receive_into(self, ev: &mut EventLoop, buffer: &mut [u8]) -> io::Result<()> {
        let connection = self.connection(ev)?;
        let callback = connection.on_data.clone().filter(|_| connection.reading);
        if connection.has_ended || (callback.is_none() && !connection.is_finishing) {
            return Ok(());
        }
        let Some(length) = unless_would_block(connection.socket.read(buffer))? else { return Ok(()) };
        connection.has_ended = length == 0;
        let is_finishing = connection.is_finishing;
        if length == 0 {
            self.update_interest(ev)?;
        }
        if is_finishing {
            self.close_if_done(ev);
        } else if let Some(callback) = callback {
            ev.run_callback("data", Some(self.0), |ev| callback.borrow_mut()(ev, self, Ok(&buffer[..length])));
        }
        Ok(())
    }

    /// Closes the stream, and reports the error to its reader.
    pub(crate) fn fail(self, ev: &mut EventLoop, error: io::Error) {
        let callback = self.connection(ev).ok().and_then(|connection| connection.on_data.take());
        ev.close(self);
        if let Some(callback) = callback {
            ev.run_callback("data", None, |ev| callback.borrow_mut()(ev, self, Err(error)));
        }
    }
}

/// `None` where there was nothing to do now.
pub(crate) fn unless_would_block(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(None),
        result => result.map(Some),
    }
}
