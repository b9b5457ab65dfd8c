//! A listening TCP socket.

use std::cell::RefCell;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::time::Duration;

use nix::sys::epoll::EpollFlags;

use super::stream::Stream;
use crate::EventLoop;
use crate::handle::{Handle, Kind};

/// How long a listener rests after an error such as `EMFILE`. The waiting connections keep it ready: without a rest
/// the loop would spin on the error.
pub const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

pub(crate) type OnConnection = Rc<RefCell<dyn FnMut(&mut EventLoop, io::Result<Stream>)>>;

impl EventLoop {
    /// Listens on `address`; port 0 picks a free one. Returns the listener, and the address with its port.
    /// `on_connection` gets every connection, which reads nothing until [`Stream::on_data`] is called. Node:
    /// `net.createServer(…).listen(…)`.
    ///
    /// It also gets the errors of accept(2), such as `EMFILE` at the limit of descriptors. The listener then rests for
    /// [`ACCEPT_BACKOFF`] and tries again by itself; meanwhile the clients wait in the backlog.
    ///
    /// # Errors
    /// Those of bind(2) and listen(2), `EADDRINUSE` above all.
    pub fn listen(
        &mut self,
        address: SocketAddr,
        on_connection: impl FnMut(&mut EventLoop, io::Result<Stream>) + 'static,
    ) -> io::Result<(Handle, SocketAddr)> {
        let socket = TcpListener::bind(address)?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        let kind = Kind::Listener(socket, Rc::new(RefCell::new(on_connection)));
        Ok((self.insert_watched(kind, EpollFlags::EPOLLIN)?, address))
    }
}

/// Accepts once: what is left is reported again in the next iteration, after the other events.
pub(crate) fn on_ready(ev: &mut EventLoop, listener: Handle) {
    let Some(Kind::Listener(socket, callback)) = ev.handles.kind(listener) else { return };
    let accepted = socket.accept();
    let callback = Rc::clone(callback);
    let stream = accepted.and_then(|(socket, _)| Stream::adopt(ev, socket));
    match stream.as_ref().map_err(io::Error::kind) {
        // The client left before we came.
        Err(ErrorKind::WouldBlock | ErrorKind::Interrupted | ErrorKind::ConnectionAborted) => return,
        Err(_) => rest(ev, listener),
        Ok(_) => {}
    }
    ev.run_callback("connection", Some(listener), |ev| callback.borrow_mut()(ev, stream));
}

/// Stops accepting for a while. A listener that is watched for errors alone, which it has none of, stays active; the
/// timer keeps no loop alive. To change what a descriptor is watched for cannot fail.
fn rest(ev: &mut EventLoop, listener: Handle) {
    let _ = ev.watch(listener, EpollFlags::EPOLLERR);
    let again = ev.set_timeout(ACCEPT_BACKOFF, move |ev| _ = ev.watch(listener, EpollFlags::EPOLLIN));
    ev.unref(again);
}
