//! A TCP connection: reading when there is something to read.

use std::io::{self, Read};
use std::mem;
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::epoll::EpollFlags;

use crate::EventLoop;
use crate::handle::{Entry, Handle, Kind};
use crate::slab::Key;
use crate::write::Outbox;

/// How many bytes one read takes at most: one buffer of this size serves all streams of a loop.
pub const READ_SIZE: usize = 64 * 1024;

type OnData = Box<dyn FnMut(&mut EventLoop, Stream, io::Result<&[u8]>)>;

pub(crate) struct Connection {
    pub(crate) socket: TcpStream,
    pub(crate) outbox: Outbox,
    pub(crate) reading: bool,
    on_data: Option<OnData>,
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
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
        let connection = Connection { socket, outbox: Outbox::default(), reading: false, on_data: None };
        Ok(Self(Handle(ev.handles.insert(Kind::Stream(Box::new(connection))))))
    }

    /// Reads from now on, and gives `callback` what came. An empty slice is the end: the peer writes no more, and may
    /// still read. After an error, which may also be one of writing, the stream is closed.
    ///
    /// # Errors
    /// `NotConnected` when the stream is closed; those of epoll_ctl(2).
    pub fn on_data(
        self,
        ev: &mut EventLoop,
        callback: impl FnMut(&mut EventLoop, Stream, io::Result<&[u8]>) + 'static,
    ) -> io::Result<()> {
        self.connection(ev)?.on_data = Some(Box::new(callback));
        self.resume(ev)
    }

    /// Stops reading: what the peer sends stays in the kernel's buffers, and when these are full the peer waits.
    ///
    /// # Errors
    /// `NotConnected` when the stream is closed.
    pub fn pause(self, ev: &mut EventLoop) -> io::Result<()> {
        self.connection(ev)?.reading = false;
        self.rewatch(ev)
    }

    /// Reads again.
    ///
    /// # Errors
    /// `NotConnected` when the stream is closed; those of epoll_ctl(2).
    pub fn resume(self, ev: &mut EventLoop) -> io::Result<()> {
        let connection = self.connection(ev)?;
        connection.reading = !connection.outbox.finishing;
        self.rewatch(ev)
    }

    pub(crate) fn connection(self, ev: &mut EventLoop) -> io::Result<&mut Connection> {
        match ev.handles.get_mut(self.0.0).map(|entry| &mut entry.kind) {
            Some(Kind::Stream(connection)) => Ok(connection),
            _ => Err(io::Error::new(io::ErrorKind::NotConnected, "the stream is closed")),
        }
    }

    /// Has epoll watch for what the stream waits for now.
    pub(crate) fn rewatch(self, ev: &mut EventLoop) -> io::Result<()> {
        let connection = self.connection(ev)?;
        let mut wanted = EpollFlags::empty();
        wanted.set(EpollFlags::EPOLLIN, connection.reading);
        wanted.set(EpollFlags::EPOLLOUT, !connection.outbox.is_empty());
        ev.watch(self.0.0, wanted)
    }

    /// Reads once: what is left is reported again in the next iteration, when the others had their turn.
    fn receive(self, ev: &mut EventLoop) -> io::Result<()> {
        let mut buffer = mem::take(&mut ev.buffer);
        buffer.resize(READ_SIZE, 0);
        let connection = self.connection(ev)?;
        if connection.reading {
            match connection.socket.read(&mut buffer) {
                Err(error) if is_passing(&error) => {}
                length => {
                    let bytes = &buffer[..length?];
                    connection.reading = !bytes.is_empty();
                    self.rewatch(ev)?;
                    ev.lend(self.0.0, on_data, |callback, ev| callback(ev, self, Ok(bytes)));
                }
            }
        }
        ev.buffer = buffer;
        Ok(())
    }

    /// Closes the stream, and tells whoever reads from it.
    pub(crate) fn fail(self, ev: &mut EventLoop, error: io::Error) {
        if let Some(Kind::Stream(mut connection)) = ev.take(self.0.0).map(|entry| entry.kind)
            && let Some(mut callback) = connection.on_data.take()
        {
            ev.enter("data", None, |ev| callback(ev, self, Err(error)));
        }
    }
}

fn on_data(entry: &mut Entry) -> Option<&mut Option<OnData>> {
    match &mut entry.kind {
        Kind::Stream(connection) => Some(&mut connection.on_data),
        _ => None,
    }
}

/// Errors and hang-ups count as readable and as writable: the call that follows tells what happened.
pub(crate) fn ready(ev: &mut EventLoop, key: Key, events: EpollFlags) {
    let stream = Stream(Handle(key));
    let broken = EpollFlags::EPOLLERR | EpollFlags::EPOLLHUP;
    let mut result = Ok(());
    if events.intersects(broken | EpollFlags::EPOLLIN) {
        result = stream.receive(ev);
    }
    if result.is_ok() && events.intersects(broken | EpollFlags::EPOLLOUT) {
        result = stream.flush(ev);
    }
    if let Err(error) = result {
        stream.fail(ev, error); // does nothing where a callback closed the stream
    }
}

/// Nothing is wrong, there was just nothing to do.
pub(crate) fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}
