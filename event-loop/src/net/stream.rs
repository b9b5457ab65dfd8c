//! A TCP connection: reading when there is something to read.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read};
use std::mem;
use std::net::{Shutdown, TcpStream};
use std::rc::Rc;

use nix::sys::epoll::EpollFlags;

use crate::EventLoop;
use crate::handle::{Callback, Handle, Kind};

/// How many bytes one read takes at most: one buffer of this size serves all streams of a loop.
pub const READ_SIZE: usize = 64 * 1024;

type OnData = Rc<RefCell<dyn FnMut(&mut EventLoop, Stream, io::Result<&[u8]>)>>;

pub(crate) struct Connection {
    pub(crate) socket: TcpStream,
    on_data: Option<OnData>,
    is_reading: bool,
    /// The peer writes no more.
    has_ended: bool,
    /// What the kernel did not take yet.
    pub(crate) queue: VecDeque<u8>,
    pub(crate) on_drain: Option<Callback>,
    /// Nothing more is written; what still comes is discarded.
    pub(crate) is_finishing: bool,
}

impl Connection {
    fn wants_input(&self) -> bool {
        let has_reader = self.is_reading && self.on_data.is_some();
        (has_reader || self.is_finishing) && !self.has_ended
    }
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
        let connection = Connection {
            socket,
            on_data: None,
            is_reading: false,
            has_ended: false,
            queue: VecDeque::new(),
            on_drain: None,
            is_finishing: false,
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
        self.connection(ev)?.is_reading = false;
        self.update(ev)
    }

    /// Reads again.
    ///
    /// # Errors
    /// `NotConnected` when the stream is closed; those of epoll_ctl(2).
    pub fn resume(self, ev: &mut EventLoop) -> io::Result<()> {
        self.connection(ev)?.is_reading = true;
        self.update(ev)
    }

    pub(crate) fn connection(self, ev: &mut EventLoop) -> io::Result<&mut Connection> {
        match ev.handles.entries.get_mut(self.0).map(|entry| &mut entry.kind) {
            Some(Kind::Stream(connection)) => Ok(connection),
            _ => Err(io::Error::new(ErrorKind::NotConnected, "the stream is closed")),
        }
    }

    /// Does what follows from the connection's state. A finished stream that has sent everything ends its direction,
    /// and is closed when its peer has ended, too. Any other has epoll watch for what it waits for.
    pub(crate) fn update(self, ev: &mut EventLoop) -> io::Result<()> {
        let connection = self.connection(ev)?;
        if connection.is_finishing && connection.queue.is_empty() {
            let _ = connection.socket.shutdown(Shutdown::Write); // of a connection that was reset: reading returns why
            if connection.has_ended {
                ev.close(self);
                return Ok(());
            }
        }
        let mut wanted = EpollFlags::empty();
        wanted.set(EpollFlags::EPOLLIN, connection.wants_input());
        wanted.set(EpollFlags::EPOLLOUT, !connection.queue.is_empty());
        ev.watch(self.0, wanted)
    }

    /// Does what the stream waits for, if it can be done now. Where epoll reported an error or a hang-up, the call
    /// returns it.
    pub(crate) fn on_ready(self, ev: &mut EventLoop) {
        if let Err(error) = self.receive(ev).and_then(|()| self.flush(ev)) {
            self.fail(ev, error); // does nothing where a callback closed the stream
        }
    }

    /// Reads once: what is left is reported again in the next iteration, after the other events.
    fn receive(self, ev: &mut EventLoop) -> io::Result<()> {
        if !self.connection(ev)?.wants_input() {
            return Ok(());
        }
        let mut buffer = mem::take(&mut ev.buffer); // after an error or a panic the next read makes another
        buffer.resize(READ_SIZE, 0);
        let connection = self.connection(ev)?;
        let callback = connection.on_data.clone().filter(|_| !connection.is_finishing);
        if let Some(length) = unless_would_block(connection.socket.read(&mut buffer))? {
            if length == 0 {
                connection.has_ended = true;
                self.update(ev)?;
            }
            if let Some(callback) = callback {
                ev.run_callback("data", Some(self.0), |ev| callback.borrow_mut()(ev, self, Ok(&buffer[..length])));
            }
        }
        ev.buffer = buffer;
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
