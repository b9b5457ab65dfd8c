//! The port: claimed once by the primary, then listened on as the schedule says, and shut so that nobody is cut off.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use socket2::{Domain, SockFilter, Socket, Type};

use crate::poller::{Interest, Poller};
use crate::schedule::Schedule;
use crate::settings::Settings;

/// Connections that may wait in the kernel for an `accept`; it lowers this to `net.core.somaxconn` (listen(2)).
pub(crate) const BACKLOG: i32 = 1024;
/// When an accept failed for want of descriptors or memory, how long until the next.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(crate) struct Port {
    socket: Socket,
    address: SocketAddr,
    schedule: Schedule,
    /// Under reuseport, the listener of each worker's place. The primary has them, too: so what waits in one's queue
    /// outlives the worker, and its successor serves it.
    places: Vec<Socket>,
    /// It is being watched for connections (round-robin only).
    pub(crate) watched: bool,
    /// No accept before then.
    pub(crate) accept_again: Option<Instant>,
}

impl Port {
    /// Claims the port, or any free one for 0.
    pub(crate) fn claim(settings: &Settings) -> io::Result<Self> {
        let (wanted, schedule) = (SocketAddr::from((settings.host, settings.port)), settings.schedule);
        let claim = || {
            let (socket, address) = bind_alone(wanted, schedule)?;
            let of_its_own = if schedule == Schedule::Reuseport { settings.workers } else { 0 };
            let places = (0..of_its_own).map(|_| bind_beside(address)).collect::<io::Result<_>>()?;
            Ok(Self { socket, address, schedule, places, watched: false, accept_again: None })
        };
        claim().map_err(|error: io::Error| {
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

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a new worker listens on: nothing, the one listener, or the socket of its place.
    pub(crate) fn for_worker(&self, place: usize) -> io::Result<Option<OwnedFd>> {
        let socket = match self.schedule {
            Schedule::RoundRobin => return Ok(None),
            Schedule::Shared => &self.socket,
            Schedule::Reuseport => &self.places[place],
        };
        socket.as_fd().try_clone_to_owned().map(Some)
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
        while self.schedule == Schedule::RoundRobin && self.accept_again.is_none() {
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

    /// No new connection from here on: what knocks is dropped by a filter (socket(7)). To close a listener instead
    /// would reset every connection that came after the last accept. Those that wait are still there to be accepted.
    ///
    /// Where a filter is not permitted, the queue is made as short as can be: one may still come at the last moment.
    pub(crate) fn shut(&self) -> io::Result<()> {
        let drop_all = [SockFilter::new(0x06, 0, 0, 0)]; // BPF_RET | BPF_K: keep 0 bytes of the packet
        let shut = |socket: &Socket| socket.attach_filter(&drop_all).or_else(|_| socket.listen(0));
        match self.schedule {
            Schedule::Reuseport => self.places.iter().try_for_each(shut),
            Schedule::RoundRobin | Schedule::Shared => shut(&self.socket),
        }
    }
}

fn bind_alone(wanted: SocketAddr, schedule: Schedule) -> io::Result<(Socket, SocketAddr)> {
    let socket = tcp_socket(wanted)?;
    socket.bind(&wanted.into())?;
    match schedule {
        // Bound, but never listening: a listener here would get its share of the connections. The option is set only
        // now, so that the bind fails where anybody else has the port, even with SO_REUSEPORT.
        Schedule::Reuseport => socket.set_reuse_port(true)?,
        Schedule::RoundRobin | Schedule::Shared => socket.listen(BACKLOG)?,
    }
    let address = socket.local_addr()?.as_socket().ok_or_else(|| io::Error::other("not an IP address"))?;
    Ok((socket, address))
}

/// One more socket on the same port (`SO_REUSEPORT`, socket(7)).
pub(crate) fn bind_beside(address: SocketAddr) -> io::Result<Socket> {
    let socket = tcp_socket(address)?;
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// SO_REUSEADDR lets a restarted service have its port back while old connections are still in TIME_WAIT (socket(7)).
/// What a listener accepts has its TCP_NODELAY (tcp(7)): a reply leaves at once.
fn tcp_socket(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    socket.set_tcp_nodelay(true)?;
    Ok(socket)
}
