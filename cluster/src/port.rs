//! The port: claimed once by the primary, then listened on as the schedule says, and shut so that nobody is cut off.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream};
use std::num::NonZeroU32;
use std::os::fd::{AsFd, BorrowedFd};

use nix::errno::Errno;
use socket2::{Domain, Socket, Type};

use crate::schedule::Schedule;
use crate::settings::Settings;

/// Connections that may wait in the kernel for an `accept`; it lowers this to `net.core.somaxconn` (listen(2)).
pub(crate) const BACKLOG: i32 = 1024;

#[derive(Debug)]
pub(crate) struct Port {
    /// One; under reuseport, one for each worker's place. The primary has them, too: so what waits in one's queue
    /// outlives the worker, and its successor serves it.
    listeners: Vec<Socket>,
    address: SocketAddr,
    schedule: Schedule,
}

impl Port {
    /// Claims the port, or any free one for 0, and listens.
    pub(crate) fn claim(settings: &Settings) -> io::Result<Self> {
        let wanted = SocketAddr::from((settings.host, settings.port));
        Self::listen(wanted, settings.schedule, settings.workers).map_err(|error| {
            let remedy = match error.kind() {
                ErrorKind::AddrInUse => "; choose another --port, or 0 for any that is free",
                ErrorKind::PermissionDenied => "; choose a --port of 1024 or above, or 0 for any that is free",
                ErrorKind::AddrNotAvailable => "; choose a --host that is an address of this machine",
                _ if error.raw_os_error() == Some(Errno::EMFILE as i32) => {
                    "; fewer --workers or a higher limit may help"
                }
                _ => "",
            };
            io::Error::new(error.kind(), format!("cannot listen on {wanted}: {error}{remedy}"))
        })
    }

    fn listen(wanted: SocketAddr, schedule: Schedule, workers: usize) -> io::Result<Self> {
        let mut listeners = vec![bind(wanted, false)?];
        let address = listeners[0].local_addr()?.as_socket().expect("is as it was bound");
        if schedule == Schedule::Reuseport {
            // Allowed only now: so it failed to bind where anybody else has the port, even with SO_REUSEPORT.
            listeners[0].set_reuse_port(true)?;
            for _ in 1..workers {
                listeners.push(bind(address, true)?);
            }
        }
        listeners.iter().try_for_each(|one| one.listen(BACKLOG))?;
        Ok(Self { listeners, address, schedule })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the primary accepts from, if it does.
    pub(crate) fn for_primary(&self) -> Option<&Socket> {
        self.listeners.first().filter(|_| self.schedule == Schedule::RoundRobin)
    }

    /// What the worker of a place accepts from, if it does.
    pub(crate) fn for_worker(&self, place: usize) -> Option<BorrowedFd<'_>> {
        let listener = &self.listeners[place % self.listeners.len()];
        (self.schedule != Schedule::RoundRobin).then_some(listener.as_fd())
    }

    /// The next connection for the primary, if one waits. An error, of a client that left or for want of descriptors or
    /// memory, passes: try again a moment later.
    pub(crate) fn accept(&self) -> io::Result<Option<TcpStream>> {
        let Some(listener) = self.for_primary() else { return Ok(None) };
        match listener.accept() {
            Ok((socket, _)) => Ok(Some(socket.into())),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// No new connection from here on. To close a listener would reset all that wait in its queue, and one may come
    /// after the last accept. So it stays open, but moves to a network interface that does not exist: who knocks is
    /// refused, who has knocked comes in, who waits is still there to be accepted. Any user may do this (Linux 5.7).
    /// Where it is not permitted, the queue is made as short as can be: one may still come at the last moment.
    pub(crate) fn shut(&self) -> io::Result<()> {
        let nowhere = NonZeroU32::new(i32::MAX as u32);
        // Of the socket level: IPv6 has it as well, though socket2 names it for IPv4.
        self.listeners.iter().try_for_each(|one| one.bind_device_by_index_v4(nowhere).or_else(|_| one.listen(0)))
    }
}

/// A socket bound to this address; beside others there, if they are, too (`SO_REUSEPORT`, socket(7)).
///
/// SO_REUSEADDR lets a restarted service have its port back while old connections are still in TIME_WAIT. What a
/// listener accepts has its TCP_NODELAY (tcp(7)): a reply leaves at once.
pub(crate) fn bind(address: SocketAddr, beside_others: bool) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(beside_others)?;
    socket.set_tcp_nodelay(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}
