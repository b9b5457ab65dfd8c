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
use crate::{EventLoop, Listener, Stream, Waker};

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
pub const KINDS: [&str; 8] = ["tick", "microtask", "timer", "immediate", "close", "connection", "data", "wake-up"];

fn thread_count() -> usize {
    fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

/// Has callbacks of every kind run in a loop on this thread, and returns where each ran. Among them are those of a
/// server with so many clients: all are connected at once, and the first to connect is the last to speak. No client
/// needs a thread, since the kernel keeps what it sent. Only the wake-up does: it comes when all others have run.
///
/// # Errors
/// Those of the loop and of sockets on 127.0.0.1 (`EMFILE` with too many clients).
pub fn callback_threads(clients: usize) -> io::Result<Vec<CallbackSeen>> {
    let mut ev = EventLoop::new()?;
    let log = Rc::new(RefCell::new(Vec::new()));
    let seen = Rc::clone(&log);
    let note = move |ev: &mut EventLoop| {
        let kind = ev.position().kind;
        seen.borrow_mut().push(CallbackSeen { kind, thread: gettid().as_raw(), threads: thread_count() });
    };
    ev.next_tick(note.clone());
    ev.queue_microtask(note.clone());
    ev.set_timeout(Duration::ZERO, note.clone());
    ev.set_immediate(note.clone());
    let closed = ev.set_interval(LIMIT, |_| ());
    ev.close_then(closed, note.clone());
    ev.run_within(LIMIT)?;

    let answer = note.clone();
    let listener = Listener::bind(&mut ev, LOCAL, move |ev, stream| {
        answer(ev);
        let answer = answer.clone();
        // After an error the client gets no echo.
        let _ = stream.and_then(|stream| {
            stream.on_data(ev, move |ev, stream, bytes| {
                answer(ev);
                let _ = bytes.and_then(|bytes| stream.write(ev, bytes));
                ev.stop();
            })
        });
    })?;
    let address = listener.local_addr(&ev)?;
    let mut sockets = (0..clients).map(|_| TcpStream::connect(address)).collect::<io::Result<Vec<_>>>()?;
    for socket in sockets.iter_mut().rev() {
        socket.set_read_timeout(Some(LIMIT))?;
        socket.write_all(b"?")?;
        ev.run_within(LIMIT)?;
        socket.read_exact(&mut [0])?;
    }
    let waker = Waker::new(&mut ev, note)?;
    ev.request(move || waker.wake(), |ev, ()| ev.stop())?; // on the loop's helper thread
    ev.run_within(LIMIT)?;
    Ok(log.take())
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
    writeln!(out, "  8 clients are connected to an echo server on our loop: client 1 connects")?;
    writeln!(out, "  first and speaks last. Callbacks of all other kinds run, too.")?;
    writeln!(out, "  Expected: all run on the thread that runs the loop, which is thread {this}.")?;
    writeln!(out, "    callback     how many   thread       threads in the process")?;
    for kind in KINDS {
        let of_kind: Vec<_> = seen.iter().filter(|seen| seen.kind == kind).collect();
        let count = of_kind.len();
        let most = of_kind.iter().map(|seen| seen.threads).max().unwrap_or(0);
        claim(of_kind.iter().all(|seen| seen.thread == this), format_args!("{kind}: {of_kind:?}"))?;
        claim(most == 1 || kind == "wake-up", format_args!("{most} threads during a {kind}"))?;
        writeln!(out, "    {kind:<12} {count:<10} {this:<12} {most}")?;
    }
    writeln!(out, "  The document: \"single-threaded\". Only the wake-up came from a second thread.")?;
    Ok(())
}
