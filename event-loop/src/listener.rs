//! A listening TCP socket.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use nix::sys::epoll::EpollFlags;

use crate::EventLoop;
use crate::handle::{Entry, Handle, Kind};
use crate::slab::Key;
use crate::stream::Stream;

/// How many connections are accepted before the others have their turn. The rest stays ready.
const BURST: usize = 64;

/// How long a listener rests after an error such as `EMFILE`. The waiting connections keep it ready: without a rest
/// the loop would spin on the error.
pub const REST: Duration = Duration::from_millis(100);

type OnConnection = Box<dyn FnMut(&mut EventLoop, io::Result<Stream>)>;

pub(crate) struct Accepting {
    socket: TcpListener,
    on_connection: Option<OnConnection>,
}

impl AsFd for Accepting {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// A listening socket of a loop. Node: `net.Server`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Listener(Handle);

impl From<Listener> for Handle {
    fn from(listener: Listener) -> Self {
        listener.0
    }
}

impl Listener {
    /// Listens on `address`; port 0 picks a free one. `on_connection` gets every connection, which reads nothing until
    /// [`Stream::on_data`] is called.
    ///
    /// It also gets the errors of accept(2), such as `EMFILE` at the limit of descriptors. The listener then rests for
    /// [`REST`] and tries again by itself; meanwhile the clients wait in the backlog.
    ///
    /// # Errors
    /// Those of bind(2) and listen(2), `EADDRINUSE` above all.
    pub fn bind(
        ev: &mut EventLoop,
        address: SocketAddr,
        on_connection: impl FnMut(&mut EventLoop, io::Result<Stream>) + 'static,
    ) -> io::Result<Self> {
        let socket = TcpListener::bind(address)?;
        socket.set_nonblocking(true)?;
        let accepting = Accepting { socket, on_connection: Some(Box::new(on_connection)) };
        let key = ev.handles.insert(Kind::Listener(Box::new(accepting)));
        if let Err(error) = ev.watch(key, EpollFlags::EPOLLIN) {
            ev.take(key);
            return Err(error);
        }
        Ok(Self(Handle(key)))
    }

    /// The address it listens on, with the port that was picked.
    ///
    /// # Errors
    /// `NotConnected` when the listener is closed.
    pub fn local_addr(self, ev: &EventLoop) -> io::Result<SocketAddr> {
        match ev.handles.get(self.0.0).map(|entry| &entry.kind) {
            Some(Kind::Listener(accepting)) => accepting.socket.local_addr(),
            _ => Err(io::Error::new(io::ErrorKind::NotConnected, "the listener is closed")),
        }
    }
}

fn on_connection(entry: &mut Entry) -> Option<&mut Option<OnConnection>> {
    match &mut entry.kind {
        Kind::Listener(accepting) => Some(&mut accepting.on_connection),
        _ => None,
    }
}

pub(crate) fn ready(ev: &mut EventLoop, key: Key) {
    for _ in 0..BURST {
        let accepted = match ev.handles.get(key).map(|entry| &entry.kind) {
            Some(Kind::Listener(accepting)) => accepting.socket.accept(),
            _ => return, // closed by its own callback
        };
        match accepted.and_then(|(socket, _)| Stream::adopt(ev, socket)) {
            Ok(stream) => ev.lend(key, on_connection, |callback, ev| callback(ev, Ok(stream))),
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock => return,
                io::ErrorKind::Interrupted | io::ErrorKind::ConnectionAborted => continue,
                _ => {
                    rest(ev, key);
                    ev.lend(key, on_connection, |callback, ev| callback(ev, Err(error)));
                    return;
                }
            },
        }
    }
}

fn rest(ev: &mut EventLoop, key: Key) {
    let referenced = ev.handles.get(key).is_some_and(Entry::is_referenced);
    let _ = ev.watch(key, EpollFlags::empty()); // to stop watching cannot fail
    let again = ev.set_timeout(REST, move |ev| {
        if ev.watch(key, EpollFlags::EPOLLIN).is_err() {
            rest(ev, key); // no memory for the registration: later, perhaps
        }
    });
    if !referenced {
        ev.unref(again);
    }
}
