//! A TCP connection: reading when there is something to read.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read};
use std::mem;
use std::net::TcpStream;
use std::rc::Rc;

use nix::sys::epoll::EpollFlags;

use crate::EventLoop;
use crate::handle::{Handle, Kind};
use crate::write::OnDrain;

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
    /// Close when the queue is empty.
    pub(crate) finishing: bool,
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
        let connection = Connection { socket, on_data: None, reading: false, queue, on_drain: None, finishing: false };
        Ok(Self(ev.handles.insert(Kind::Stream(Box::new(connection)))))
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
        self.connection(ev)?.on_data = Some(Rc::new(RefCell::new(callback)));
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
        connection.reading = !connection.finishing;
        self.rewatch(ev)
    }

    pub(crate) fn connection(self, ev: &mut EventLoop) -> io::Result<&mut Connection> {
        match ev.handles.get_mut(self.0).map(|entry| &mut entry.kind) {
            Some(Kind::Stream(connection)) => Ok(connection),
            _ => Err(io::Error::new(ErrorKind::NotConnected, "the stream is closed")),
        }
    }

    /// Has epoll watch for what the stream waits for now.
    pub(crate) fn rewatch(self, ev: &mut EventLoop) -> io::Result<()> {
        let connection = self.connection(ev)?;
        let mut wanted = EpollFlags::empty();
        wanted.set(EpollFlags::EPOLLIN, connection.reading);
        wanted.set(EpollFlags::EPOLLOUT, !connection.queue.is_empty());
        ev.watch(self.0, wanted)
    }

    /// Errors and hang-ups count as readable and as writable: the call that follows tells what happened.
    pub(crate) fn ready(self, ev: &mut EventLoop, events: EpollFlags) {
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

    /// Reads once: what is left is reported again in the next iteration, when the others had their turn.
    fn receive(self, ev: &mut EventLoop) -> io::Result<()> {
        let mut buffer = mem::take(&mut ev.buffer);
        buffer.resize(READ_SIZE, 0);
        let connection = self.connection(ev)?;
        let callback = connection.on_data.clone().filter(|_| connection.reading);
        if let Some(callback) = callback
            && let Some(length) = unless_passing(connection.socket.read(&mut buffer))?
        {
            if length == 0 {
                self.pause(ev)?;
            }
            ev.enter("data", Some(self.0), |ev| callback.borrow_mut()(ev, self, Ok(&buffer[..length])));
        }
        ev.buffer = buffer;
        Ok(())
    }

    /// Closes the stream, and tells whoever reads from it.
    pub(crate) fn fail(self, ev: &mut EventLoop, error: io::Error) {
        let callback = self.connection(ev).ok().and_then(|connection| connection.on_data.take());
        ev.close(self);
        if let Some(callback) = callback {
            ev.enter("data", None, |ev| callback.borrow_mut()(ev, self, Err(error)));
        }
    }
}

/// `None` where nothing is wrong, there was just nothing to do.
pub(crate) fn unless_passing(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(None),
        result => result.map(Some),
    }
}
