//! The port: claimed once by the primary, listened on as the schedule says, and closed so that no client is cut off.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::num::NonZeroU32;
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::setsockopt;
use nix::{setsockopt_impl, sockopt_impl};
use socket2::{Domain, Socket, Type};

use crate::schedule::Schedule;
use crate::settings::Settings;

/// Connections that may wait in the kernel for an `accept`; it lowers this to `net.core.somaxconn` (listen(2)).
const BACKLOG: i32 = 1024;
/// A connection is accepted when its first byte has come, or after so many seconds without one.
const FIRST_BYTE_SECONDS: u32 = 60;
/// How long a port may be taken by a service that was just killed: its workers need a moment to die.
const TAKEN_FOR_A_MOMENT: Duration = Duration::from_millis(500);

sockopt_impl!(
    /// `TCP_DEFER_ACCEPT` (tcp(7)): a listener wakes up when data has come on a connection, not before.
    DeferAccept,
    SetOnly,
    libc::IPPROTO_TCP,
    libc::TCP_DEFER_ACCEPT,
    u32
);

#[derive(Debug)]
pub(crate) struct Port {
    /// One; under reuseport, one for each slot. The primary has them, too: what waits in a listener's queue outlives
    /// the worker, and its successor serves it.
    listeners: Vec<Socket>,
    pub(crate) address: SocketAddr,
}

impl Port {
    /// Claims the port, or any free one for 0, and listens.
    pub(crate) fn claim(settings: &Settings) -> io::Result<Self> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, settings.port));
        let started = Instant::now();
        loop {
            match Self::listen(wanted, settings.schedule, settings.workers) {
                Err(error) if error.kind() == ErrorKind::AddrInUse && started.elapsed() < TAKEN_FOR_A_MOMENT => {
                    thread::sleep(Duration::from_millis(10));
                }
                result => return result.map_err(|error| explained(wanted, &error)),
            }
        }
    }

    fn listen(wanted: SocketAddr, schedule: Schedule, workers: usize) -> io::Result<Self> {
        let mut listeners = vec![bind(wanted, false)?];
        let address = listeners[0].local_addr()?.as_socket().expect("is as it was bound");
        if schedule == Schedule::Reuseport {
            // Allowed only now: the first bind failed if another program has the port, even with SO_REUSEPORT.
            listeners[0].set_reuse_port(true)?;
            for _ in 1..workers {
                listeners.push(bind(address, true)?);
            }
        }
        listeners.iter().try_for_each(|one| one.listen(BACKLOG))?;
        Ok(Self { listeners, address })
    }

    /// What connections to a slot are accepted from.
    pub(crate) fn listener(&self, slot: usize) -> &Socket {
        &self.listeners[slot % self.listeners.len()]
    }

    /// The next connection for the primary, from any listener, if one waits. An error passes (no descriptors,
    /// no memory, the client left): try again a moment later.
    pub(crate) fn accept(&self) -> io::Result<Option<TcpStream>> {
        for listener in &self.listeners {
            match listener.accept() {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                accepted => return Ok(Some(accepted?.0.into())),
            }
        }
        Ok(None)
    }

    /// No new connection from here on. Closing a listener would reset all that wait in its queue, and one may come
    /// after the last accept. So it stays open, but moves to a network interface that does not exist: new clients are
    /// refused, connections that have begun can still be accepted. Any user may do this (Linux 5.7). Where it is not
    /// permitted, the queue is made as short as possible: a client may still come at the last moment.
    pub(crate) fn refuse_new(&self) -> io::Result<()> {
        let nowhere = NonZeroU32::new(i32::MAX as u32);
        self.listeners.iter().try_for_each(|one| one.bind_device_by_index_v4(nowhere).or_else(|_| one.listen(0)))
    }
}

/// What went wrong, and what would help.
fn explained(wanted: SocketAddr, error: &io::Error) -> io::Error {
    let remedy = match error.kind() {
        ErrorKind::AddrInUse => "; choose another --port, or 0 for any that is free",
        ErrorKind::PermissionDenied => "; choose a --port of 1024 or above, or 0 for any that is free",
        _ if error.raw_os_error() == Some(Errno::EMFILE as i32) => "; fewer --workers or a higher limit may help",
        _ => "",
    };
    io::Error::new(error.kind(), format!("cannot listen on {wanted}: {error}{remedy}"))
}

/// A socket bound to this address; with `beside_others`, while other sockets are bound to it, too (`SO_REUSEPORT`, socket(7)).
///
/// SO_REUSEADDR lets a restarted service have its port back while old connections are still in TIME_WAIT. What a
/// listener accepts has its TCP_NODELAY (tcp(7)): a reply leaves at once.
fn bind(address: SocketAddr, beside_others: bool) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(beside_others)?;
    socket.set_tcp_nodelay(true)?;
    setsockopt(&socket, DeferAccept, &FIRST_BYTE_SECONDS)?;
    socket.bind(&address.into())?;
    Ok(socket)
}
