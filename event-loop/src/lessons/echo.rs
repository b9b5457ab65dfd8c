//! Lesson: many clients, one thread. A server that waits for all of them at once, and for none in particular.

use std::cell::{Cell, RefCell};
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::rc::Rc;
use std::time::Duration;

use anyhow::Context;
use nix::unistd::gettid;

use crate::cli::claim;
use crate::{EventLoop, Listener, Stream, WriteStatus};

const TIMEOUT: Duration = Duration::from_secs(4);

/// A free port of this machine, for tests and lessons: other machines cannot connect.
pub const LOCAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Sends back what comes. As long as the peer does not read, nothing more is read from it: memory stays bounded.
///
/// # Errors
/// Those of [`Stream::on_data`].
pub fn echo(ev: &mut EventLoop, stream: Stream) -> io::Result<()> {
    stream.on_drain(ev, |ev, stream| {
        if stream.resume(ev).is_err() {
            ev.close(stream);
        }
    })?;
    stream.on_data(ev, |ev, stream, bytes| match bytes {
        Ok([]) => stream.finish(ev),
        Ok(bytes) => match stream.write(ev, bytes) {
            Ok(WriteStatus::Open) => {}
            Ok(WriteStatus::Full) if stream.pause(ev).is_ok() => {}
            Ok(WriteStatus::Full) | Err(_) => drop(ev.close(stream)),
        },
        Err(_) => {} // closed already
    })
}

/// Lets `clients` clients, all of them on one other thread, be connected at once; the first to connect is the last to
/// speak. Returns the kernel's id of the thread on which the server got each connection, and how many clients got
/// their echo.
///
/// # Errors
/// Those of sockets on 127.0.0.1 (`EMFILE` with too many clients), of the loop and of starting a thread; `WouldBlock`
/// or `TimedOut` when the server does not answer.
pub fn converse(clients: u8) -> io::Result<(Vec<i32>, usize)> {
    let mut ev = EventLoop::new()?;
    let connections = Rc::new(RefCell::new(Vec::new()));
    let served = Rc::clone(&connections);
    let listener = Listener::bind(&mut ev, LOCAL, move |ev, stream| {
        if stream.is_ok_and(|stream| echo(ev, stream).is_ok()) {
            served.borrow_mut().push(gettid().as_raw());
        }
    })?;
    let address = listener.local_addr(&ev)?;
    let answered = Rc::new(Cell::new(None));
    let result = Rc::clone(&answered);
    let done = move |ev: &mut EventLoop, count| {
        result.set(Some(count));
        ev.close(listener);
    };
    ev.request(move || speak(address, clients), done)?;
    ev.run_within(2 * TIMEOUT)?;
    let answered = answered.take().unwrap_or_else(|| Err(io::Error::other("the clients are not done")))?;
    Ok((connections.take(), answered))
}

/// The clients: all connect, and then speak in the opposite order. How many got their echo.
fn speak(address: SocketAddr, clients: u8) -> io::Result<usize> {
    let mut streams = Vec::new();
    for client in 0..clients {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        streams.push((client, stream));
    }
    let mut answered = 0;
    for (client, stream) in streams.iter_mut().rev() {
        let mut answer = [0];
        stream.write_all(&[*client])?;
        stream.read_exact(&mut answer)?;
        answered += usize::from(answer == [*client]);
    }
    Ok(answered)
}

/// Shows eight clients.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let (mut threads, answered) =
        converse(8).context("8 clients on 127.0.0.1 (they need up to 25 descriptors: see `ulimit -n`)")?;
    let connections = threads.len();
    threads.dedup();
    writeln!(out, "  8 clients connect to an echo server on our loop. Client 1 connects first and")?;
    writeln!(out, "  speaks last: a server that waits for client 1 never answers the others.")?;
    writeln!(out, "  Expected: one thread serves them all.")?;
    writeln!(out, "    connections at once       {connections}")?;
    writeln!(out, "    clients answered          {answered}")?;
    writeln!(out, "    threads of the server     {}", threads.len())?;
    claim(connections == 8 && answered == 8, format_args!("{connections} connections, {answered} answered"))?;
    claim(threads == [gettid().as_raw()], format_args!("the server ran on {threads:?}, not on the loop's thread"))?;
    writeln!(out, "  So a Node.js server holds many connections with a single thread: they wait")?;
    writeln!(out, "  in the kernel, and epoll reports those that are ready.")?;
    Ok(())
}
