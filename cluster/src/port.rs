//! The port: claimed once by the primary, then listened on as the schedule says.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use crate::poller::{Interest, Poller};
use crate::schedule::Schedule;

/// Connections that may wait in the kernel for an `accept`; it lowers this to `net.core.somaxconn` (listen(2)).
pub(crate) const BACKLOG: i32 = 1024;
/// When an accept failed for want of descriptors or memory, how long until the next.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(crate) struct Port {
    socket: Socket,
    address: SocketAddr,
    schedule: Schedule,
    /// It is being watched for connections (round-robin only).
    watched: bool,
    /// No accept before then.
    pub(crate) accept_again: Option<Instant>,
}

impl Port {
    /// Claims `port` on 127.0.0.1, or any free one for 0.
    pub(crate) fn claim(port: u16, schedule: Schedule) -> io::Result<Self> {
        let (socket, address) = bind_alone(port, schedule).map_err(|error| {
            let remedy = match error.kind() {
                ErrorKind::AddrInUse => "; choose another --port, or 0 for any that is free",
                ErrorKind::PermissionDenied => "; choose a --port of 1024 or above, or 0 for any that is free",
                _ => "",
            };
            io::Error::new(error.kind(), format!("cannot listen on 127.0.0.1:{port}: {error}{remedy}"))
        })?;
        Ok(Self { socket, address, schedule, watched: false, accept_again: None })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a new worker listens on: nothing, the one listener, or a socket of its own, bound to the same port.
    pub(crate) fn for_worker(&self) -> io::Result<Option<OwnedFd>> {
        match self.schedule {
            Schedule::RoundRobin => Ok(None),
            Schedule::Shared => Ok(Some(self.socket.as_fd().try_clone_to_owned()?)),
            Schedule::Reuseport => {
                let socket = tcp_socket()?;
                socket.set_reuse_port(true)?;
                socket.bind(&self.address.into())?;
                Ok(Some(socket.into()))
            }
        }
    }

    /// Round-robin: asks the poller for connections only while one is wanted. The others wait in the kernel.
    pub(crate) fn watch(&mut self, poller: &Poller, token: u64, wanted: bool) -> io::Result<()> {
        self.accept_again.take_if(|again| *again <= Instant::now());
        let wanted = wanted && self.schedule == Schedule::RoundRobin && self.accept_again.is_none();
        match (self.watched, wanted) {
            (false, true) => poller.watch(&self.socket, token, Interest::EPOLLIN)?,
            (true, false) => poller.forget(&self.socket)?,
            _ => return Ok(()),
        }
        self.watched = wanted;
        Ok(())
    }

    /// The next connection, if there is one for the primary: only round-robin has any.
    pub(crate) fn accept(&mut self) -> Option<TcpStream> {
        while self.schedule == Schedule::RoundRobin {
            match self.socket.accept() {
                Ok((socket, _)) => return Some(socket.into()),
                Err(error) => match error.kind() {
                    ErrorKind::Interrupted | ErrorKind::ConnectionAborted => {} // this client left; the next
                    ErrorKind::WouldBlock => return None,
                    _ => {
                        self.accept_again = Some(Instant::now() + ACCEPT_PAUSE);
                        return None;
                    }
                },
            }
        }
        None
    }
}

fn bind_alone(port: u16, schedule: Schedule) -> io::Result<(Socket, SocketAddr)> {
    let socket = tcp_socket()?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
    match schedule {
        // Bound, but never listening: a listener here would get its share of the connections. The option is set only
        // now, so that the bind fails where anybody else has the port, even with SO_REUSEPORT.
        Schedule::Reuseport => socket.set_reuse_port(true)?,
        Schedule::RoundRobin | Schedule::Shared => socket.listen(BACKLOG)?,
    }
    let address = socket.local_addr()?.as_socket().ok_or_else(|| io::Error::other("not an IP address"))?;
    Ok((socket, address))
}

/// SO_REUSEADDR lets a restarted service have its port back while old connections are still in TIME_WAIT (socket(7)).
fn tcp_socket() -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    Ok(socket)
}
