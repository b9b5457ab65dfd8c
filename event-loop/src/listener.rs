//! A listening TCP socket.

use std::cell::RefCell;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::time::Duration;

use nix::sys::epoll::EpollFlags;

use crate::EventLoop;
use crate::handle::{Handle, Kind};
use crate::stream::Stream;

/// How long a listener rests after an error such as `EMFILE`. The waiting connections keep it ready: without a rest
/// the loop would spin on the error.
pub const REST: Duration = Duration::from_millis(100);

pub(crate) type OnConnection = Rc<RefCell<dyn FnMut(&mut EventLoop, io::Result<Stream>)>>;

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
        let kind = Kind::Listener(socket, Rc::new(RefCell::new(on_connection)));
        ev.insert_watched(kind, EpollFlags::EPOLLIN).map(Self)
    }

    /// The address it listens on, with the port that was picked.
    ///
    /// # Errors
    /// `NotConnected` when the listener is closed.
    pub fn local_addr(self, ev: &EventLoop) -> io::Result<SocketAddr> {
        match ev.handles.get(self.0).map(|entry| &entry.kind) {
            Some(Kind::Listener(socket, _)) => socket.local_addr(),
            _ => Err(io::Error::new(ErrorKind::NotConnected, "the listener is closed")),
        }
    }
}

/// Accepts once: what is left is reported again in the next iteration, when the others had their turn.
pub(crate) fn ready(ev: &mut EventLoop, listener: Handle) {
    let Some(Kind::Listener(socket, callback)) = ev.handles.get(listener).map(|entry| &entry.kind) else { return };
    let (accepted, callback) = (socket.accept(), Rc::clone(callback));
    let stream = accepted.and_then(|(socket, _)| Stream::adopt(ev, socket));
    match stream.as_ref().map_err(io::Error::kind) {
        // The client left before we came.
        Err(ErrorKind::WouldBlock | ErrorKind::Interrupted | ErrorKind::ConnectionAborted) => return,
        Err(_) => rest(ev, listener),
        Ok(_) => {}
    }
    ev.enter("connection", Some(listener), |ev| callback.borrow_mut()(ev, stream));
}

fn rest(ev: &mut EventLoop, listener: Handle) {
    let referenced = ev.handles.get(listener).is_some_and(|entry| entry.referenced);
    let _ = ev.watch(listener, EpollFlags::empty()); // to stop watching cannot fail
    let again = ev.set_timeout(REST, move |ev| {
        if ev.watch(listener, EpollFlags::EPOLLIN).is_err() {
            rest(ev, listener); // no memory for the registration: later, perhaps
        }
    });
    if !referenced {
        ev.unref(again);
    }
}
