//! Many clients, one thread: a server that waits for all of them at once, and for none in particular.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
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

/// What an echo server and its clients saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// The kernel's id of the thread on which the server got each of its connections.
    pub connections: Vec<i32>,
    /// Round trips of the others while the first, already connected, kept silent; and then of the first.
    pub round_trips: (usize, usize),
}

/// Lets `clients` clients, all of them on one other thread, be connected at once and do `rounds` round trips each. The
/// first to connect is the last to speak: a server that serves one connection after the other would wait for it, and
/// never come to the others.
///
/// # Errors
/// Those of sockets on 127.0.0.1 (`EMFILE` with too many clients), of the loop and of starting a thread; `WouldBlock`
/// or `TimedOut` when the server does not answer.
pub fn converse(clients: usize, rounds: usize) -> io::Result<Conversation> {
    let (mut ev, connections) = (EventLoop::new()?, Rc::new(RefCell::new(Vec::new())));
    let served = Rc::clone(&connections);
    let listener = Listener::bind(&mut ev, LOCAL, move |ev, stream| {
        if stream.is_ok_and(|stream| echo(ev, stream).is_ok()) {
            served.borrow_mut().push(gettid().as_raw());
        }
    })?;
    let address = listener.local_addr(&ev)?;
    let round_trips = Rc::new(Cell::new(None));
    let spoken = Rc::clone(&round_trips);
    ev.request(
        move || speak(address, clients, rounds),
        move |ev, counts| {
            spoken.set(Some(counts));
            ev.close(listener);
        },
    )?;
    ev.run_within(2 * TIMEOUT)?;
    let round_trips = round_trips.take().unwrap_or_else(|| Err(io::Error::other("the clients are not done")))?;
    // The clients left together, at the end: all connections were open at once.
    Ok(Conversation { connections: connections.take(), round_trips })
}

/// The clients' side: how many round trips all but the first did, and then the first.
fn speak(address: SocketAddr, clients: usize, rounds: usize) -> io::Result<(usize, usize)> {
    let connect = |_| {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(TIMEOUT)).map(|()| stream)
    };
    let mut streams = (0..clients).map(connect).collect::<io::Result<Vec<_>>>()?;
    let (silent, others) = streams.split_at_mut(1.min(clients));
    Ok((exchange(others, rounds)?, exchange(silent, rounds)?))
}

/// In each round all of them speak before any of them listens.
fn exchange(streams: &mut [TcpStream], rounds: usize) -> io::Result<usize> {
    let mut round_trips = 0;
    for round in 0..rounds {
        let message = |client: usize| [client.to_le_bytes(), round.to_le_bytes()].concat();
        for (client, stream) in streams.iter_mut().enumerate() {
            stream.write_all(&message(client))?;
        }
        for (client, stream) in streams.iter_mut().enumerate() {
            let mut echo = message(0);
            stream.read_exact(&mut echo)?;
            round_trips += usize::from(echo == message(client));
        }
    }
    Ok(round_trips)
}

/// Shows eight clients.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let clients = 8;
    let rounds = 3;
    let seen = converse(clients, rounds)
        .context("8 clients on 127.0.0.1 (they need up to 25 descriptors: see `ulimit -n`)")?;
    let threads: HashSet<_> = seen.connections.iter().copied().collect();
    writeln!(out, "  {clients} clients connect to an echo server on our loop. Client 1 connects first and")?;
    writeln!(out, "  stays silent until the others have done {rounds} round trips each.")?;
    writeln!(out, "  Expected: one thread serves them all, and waits for none in particular.")?;
    for (what, count, expected) in [
        ("connections at once", seen.connections.len(), clients),
        ("threads that served them", threads.len(), 1),
        ("round trips of clients 2 to 8", seen.round_trips.0, (clients - 1) * rounds),
        ("then round trips of client 1", seen.round_trips.1, rounds),
    ] {
        writeln!(out, "    {what:<30} {count:>3}")?;
        claim(count == expected, format_args!("{what}: {count} instead of {expected}"))?;
    }
    let is_loop_thread = threads.contains(&gettid().as_raw());
    claim(is_loop_thread, format_args!("the server ran on {threads:?}, not on the loop's thread"))?;
    writeln!(out, "  So a Node.js server holds many connections with a single thread: each waits")?;
    writeln!(out, "  in the kernel, and the loop hears of those that are ready.")?;
    Ok(())
}
