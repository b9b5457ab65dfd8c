//! The control: the least that a server can do for a request. An `epoll_wait` for many, one `read`, one `write` of a
//! reply that is always the same; it looks at nothing. What it costs is the kernel's share, the same for every server. For fresh
//! connections it closes after the reply; it hands nothing over, as round-robin does.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process;

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::unistd::{ForkResult, fork};
use socket2::{Domain, Socket, Type};

const KEPT: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n12345";
const FRESH: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n12345";

/// As many processes as `workers`, each with its own listener. It prints the port, and ends with its input.
pub(crate) fn run(workers: usize, fresh: bool) -> io::Result<()> {
    let mut address = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut listeners: Vec<TcpListener> = Vec::new();
    for _ in 0..workers {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_reuse_port(true)?;
        socket.set_tcp_nodelay(true)?;
        socket.bind(&address.into())?;
        socket.listen(1024)?;
        listeners.push(socket.into());
        address = listeners[0].local_addr()?;
    }
    while let Some(listener) = listeners.pop() {
        // SAFETY: this process has one thread, so the child may do whatever it likes.
        if let ForkResult::Child = unsafe { fork() }? {
            prctl::set_pdeathsig(Signal::SIGKILL)?;
            drop(listeners);
            return serve(&listener, fresh);
        }
    }
    println!("{}", address.port());
    io::copy(&mut io::stdin(), &mut io::sink())?;
    process::exit(0)
}

fn serve(listener: &TcpListener, fresh: bool) -> io::Result<()> {
    let poller = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    poller.add(listener, EpollEvent::new(EpollFlags::EPOLLIN, u64::MAX))?;
    let mut streams: Vec<Option<TcpStream>> = Vec::new();
    let (mut events, mut buffer) = ([EpollEvent::empty(); 64], [0; 4096]);
    loop {
        let count = poller.wait(&mut events, EpollTimeout::NONE)?;
        for event in &events[..count] {
            match streams.get_mut(event.data() as usize) {
                Some(Some(stream)) => match stream.read(&mut buffer) {
                    Ok(1..) if !fresh => stream.write_all(KEPT)?,
                    count => {
                        if count.is_ok_and(|count| count > 0) {
                            stream.write_all(FRESH)?;
                        }
                        streams[event.data() as usize] = None;
                    }
                },
                Some(None) => {}
                None => {
                    let (stream, _) = listener.accept()?;
                    poller.add(&stream, EpollEvent::new(EpollFlags::EPOLLIN, streams.len() as u64))?;
                    streams.push(Some(stream));
                }
            }
        }
    }
}
