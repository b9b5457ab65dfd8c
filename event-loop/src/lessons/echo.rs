//! Lesson: many clients, callbacks of every kind, one thread.

use std::cell::RefCell;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use nix::unistd::gettid;

use crate::cli::claim;
use crate::{EventLoop, Hook, Listener, Stream, Waker};

/// A free port of this machine, for tests and lessons: other machines cannot connect.
pub const LOCAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

const LIMIT: Duration = Duration::from_secs(5);

/// Sends back what comes. As long as the peer does not read, nothing more is read from it: memory stays bounded.
///
/// # Errors
/// Those of [`Stream::on_data`].
pub fn echo(ev: &mut EventLoop, stream: Stream) -> io::Result<()> {
    stream.on_drain(ev, move |ev| {
        if stream.resume(ev).is_err() {
            ev.close(stream);
        }
    })?;
    stream.on_data(ev, |ev, stream, bytes| match bytes {
        Ok([]) => stream.finish(ev),
        Ok(bytes) => match stream.write(ev, bytes) {
            Ok(true) => {}
            Ok(false) if stream.pause(ev).is_ok() => {}
            Ok(false) | Err(_) => drop(ev.close(stream)),
        },
        Err(_) => {} // closed already
    })
}

/// A callback that ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackSeen {
    /// Its kind: see [`KINDS`].
    pub kind: &'static str,
    /// The kernel's id of the thread it ran on, as gettid(2) says.
    pub thread: i32,
    /// How many threads the process had meanwhile.
    pub threads: usize,
}

/// The kinds of callback that [`callback_threads`] has run.
pub const KINDS: [&str; 9] =
    ["tick", "microtask", "timer", "immediate", "hook", "close", "connection", "data", "wake-up"];

type Log = Rc<RefCell<Vec<CallbackSeen>>>;

/// A callback that notes where it runs.
fn noting(log: &Log) -> impl Fn(&mut EventLoop) + use<> {
    let log = Rc::clone(log);
    move |ev| {
        let kind = ev.position().kind;
        log.borrow_mut().push(CallbackSeen { kind, thread: gettid().as_raw(), threads: thread_count() });
    }
}

fn thread_count() -> usize {
    fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

/// Has callbacks of every kind run in a loop on this thread, and returns where each ran. Among them are those of a
/// server with so many clients, at least two. Only the wake-up needs another thread: it comes when all others have run.
///
/// # Errors
/// Those of the loop and of sockets on 127.0.0.1 (`EMFILE` with too many clients); `UnexpectedEof` or `WouldBlock` when
/// a client gets no echo.
pub fn callback_threads(clients: usize) -> io::Result<Vec<CallbackSeen>> {
    let mut ev = EventLoop::new()?;
    let log = Log::default();
    ev.next_tick(noting(&log));
    ev.queue_microtask(noting(&log));
    ev.set_timeout(Duration::ZERO, noting(&log));
    ev.set_immediate(noting(&log));
    let closed = ev.set_hook(Hook::Check, |_| ());
    ev.close_then(closed, noting(&log));
    let hooked = noting(&log);
    ev.set_hook(Hook::Prepare, move |ev| {
        hooked(ev);
        ev.close_current();
    });
    serve(&mut ev, &log, clients)?;
    let woken = noting(&log);
    let waker = Waker::new(&mut ev, move |ev| {
        woken(ev);
        ev.close_current();
    })?;
    ev.request(move || waker.wake(), |_, ()| ())?; // on the loop's helper thread
    ev.run_within(LIMIT)?;
    Ok(log.take())
}

/// Of the clients the first to connect speaks last, when all others have their echo. None needs a thread: the kernel
/// keeps what it sent until the loop runs.
fn serve(ev: &mut EventLoop, log: &Log, clients: usize) -> io::Result<()> {
    let sockets = Rc::new(RefCell::new(Vec::<TcpStream>::new()));
    let speaking = Rc::clone(&sockets);
    let accepted = noting(log);
    let log = Rc::clone(log);
    let listener = Listener::bind(ev, LOCAL, move |ev, stream| {
        accepted(ev);
        if count(&log, "connection") == clients {
            ev.close_current();
        }
        let read = noting(&log);
        let log = Rc::clone(&log);
        let speaking = Rc::clone(&speaking);
        let answer = move |ev: &mut EventLoop, stream: Stream, bytes: io::Result<&[u8]>| {
            read(ev);
            let _ = bytes.and_then(|bytes| stream.write(ev, bytes)); // after an error the client gets no echo
            ev.close(stream);
            if count(&log, "data") == clients - 1 {
                let _ = speaking.borrow_mut()[0].write_all(b"1");
            }
        };
        let _ = stream.and_then(|stream| stream.on_data(ev, answer));
    })?;
    for client in 0..clients {
        let mut socket = TcpStream::connect(listener.local_addr(ev)?)?;
        socket.set_read_timeout(Some(LIMIT))?;
        if client > 0 {
            socket.write_all(b"?")?;
        }
        sockets.borrow_mut().push(socket);
    }
    ev.run_within(LIMIT)?;
    sockets.take().iter_mut().try_for_each(|socket| socket.read_exact(&mut [0]))
}

fn count(log: &Log, kind: &str) -> usize {
    log.borrow().iter().filter(|seen| seen.kind == kind).count()
}

/// Shows eight clients, and the thread of each kind of callback.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    // A thread of an earlier lesson that was joined still counts for a moment, until the kernel has removed it.
    let start = Instant::now();
    while thread_count() > 1 && start.elapsed() < LIMIT {
        thread::yield_now();
    }
    let this = gettid().as_raw();
    let seen = callback_threads(8).context("a server with 8 clients on 127.0.0.1 (see `ulimit -n`)")?;
    writeln!(out, "  8 clients talk to an echo server on our loop. Client 1 connects first and")?;
    writeln!(out, "  speaks last. Callbacks of all other kinds run, too.")?;
    writeln!(out, "  Expected: all run on the thread that runs the loop, which is thread {this}.")?;
    writeln!(out, "    callback     how many   thread       threads in the process")?;
    for kind in KINDS {
        let of_kind: Vec<_> = seen.iter().filter(|seen| seen.kind == kind).collect();
        let most = of_kind.iter().map(|seen| seen.threads).max().unwrap_or(0);
        let expected = if matches!(kind, "connection" | "data") { 8 } else { 1 };
        let is_single = of_kind.iter().all(|seen| seen.thread == this) && (most == 1 || kind == "wake-up");
        claim(is_single && of_kind.len() == expected, format_args!("{kind}: {of_kind:?}"))?;
        writeln!(out, "    {kind:<12} {expected:<10} {this:<12} {most}")?;
    }
    writeln!(out, "  The document: \"single-threaded\". Only the wake-up came from a second thread.")?;
    Ok(())
}
