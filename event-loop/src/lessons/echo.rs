//! Lesson: many clients, one thread.

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
use crate::{EventLoop, Listener, Stream};

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

/// Listens on a free port. `answer` gets what each client sends.
pub(super) fn serve(
    ev: &mut EventLoop,
    answer: impl FnMut(&mut EventLoop, Stream, io::Result<&[u8]>) + 'static,
) -> io::Result<SocketAddr> {
    let answer = Rc::new(RefCell::new(answer));
    let listener = Listener::bind(ev, LOCAL, move |ev, stream| {
        let answer = Rc::clone(&answer);
        let on_data = move |ev: &mut EventLoop, stream: Stream, bytes: io::Result<&[u8]>| {
            answer.borrow_mut()(ev, stream, bytes);
        };
        let _ = stream.and_then(|stream| stream.on_data(ev, on_data)); // after an error the client gets no answer
    })?;
    listener.local_addr(ev)
}

/// A callback that ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackSeen {
    /// Its kind: `"data"`, `"timer"`, …
    pub kind: &'static str,
    /// The kernel's id of the thread it ran on, as gettid(2) says.
    pub thread: i32,
    /// How many threads the process had meanwhile.
    pub threads: usize,
}

fn thread_count() -> usize {
    fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

/// Serves so many clients in a loop on this thread, beside a tick, a microtask, a timer and an immediate, and returns
/// where each callback ran. All clients are connected at once, and the first to connect is the last to speak. None
/// needs a thread, since the kernel keeps what it sent.
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
    ev.run_within(LIMIT)?;
    let address = serve(&mut ev, move |ev, stream, bytes| {
        note(ev);
        let _ = bytes.and_then(|bytes| stream.write(ev, bytes));
        ev.stop();
    })?;
    let mut sockets = (0..clients).map(|_| TcpStream::connect(address)).collect::<io::Result<Vec<_>>>()?;
    for socket in sockets.iter_mut().rev() {
        socket.set_read_timeout(Some(LIMIT))?;
        socket.write_all(b"?")?;
        ev.run_within(LIMIT)?;
        socket.read_exact(&mut [0])?;
    }
    Ok(log.take())
}

/// Shows eight clients, and on which thread the callbacks run.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    // A thread of an earlier lesson that was joined still counts for a moment, until the kernel has removed it.
    let start = Instant::now();
    while thread_count() > 1 && start.elapsed() < LIMIT {
        thread::yield_now();
    }
    let this = gettid().as_raw();
    let seen = callback_threads(8).context("a server with 8 clients on 127.0.0.1 (see `ulimit -n`)")?;
    let answered = seen.iter().filter(|seen| seen.kind == "data").count();
    let here = seen.iter().filter(|seen| seen.thread == this).count();
    let all = seen.len();
    let most = seen.iter().map(|seen| seen.threads).max().unwrap_or(0);
    writeln!(out, "  8 clients are connected to an echo server on our loop: client 1 connects first")?;
    writeln!(out, "  and speaks last. A tick, a microtask, a timer and an immediate run, too.")?;
    writeln!(out, "  Expected: every callback runs on the thread that runs the loop, the only one.")?;
    writeln!(out, "    clients answered                    {answered}")?;
    writeln!(out, "    callbacks on the loop's thread      {here} of {all}")?;
    writeln!(out, "    threads in the process meanwhile    {most}")?;
    claim(here == all && most == 1, format_args!("{here} of {all} callbacks, {most} threads: {seen:?}"))?;
    writeln!(out, "  A client that is silent needs no thread: the kernel tells the loop when it")?;
    writeln!(out, "  speaks. The document: \"single-threaded, handles async callbacks\".")?;
    Ok(())
}
