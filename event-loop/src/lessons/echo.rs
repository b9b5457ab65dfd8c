//! Lesson: many clients, one thread.

use std::cell::RefCell;
use std::fs;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::rc::Rc;
use std::time::Duration;

use anyhow::Context;
use nix::unistd::gettid;

use crate::cli::claim;
use crate::{EventLoop, Stream};

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

/// Runs an echo server and so many of its clients in a loop on this thread, beside a tick, a microtask, a timer and an
/// immediate. Where each callback ran, those of the clients (`"data"`) among them.
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
    // After an error a client gets no echo.
    let (server, address) = ev.listen(LOCAL, |ev, stream| _ = stream.and_then(|stream| echo(ev, stream)))?;
    ev.unref(server);
    for _ in 0..clients {
        let client = Stream::adopt(&mut ev, TcpStream::connect(address)?)?;
        let answered = note.clone();
        client.on_data(&mut ev, move |ev, client, echo| {
            let _ = echo.map(|_| answered(ev));
            ev.close(client);
        })?;
        client.write(&mut ev, b"?")?;
    }
    ev.run_within(LIMIT)?;
    Ok(log.take())
}

/// Shows eight clients, and on which thread the callbacks run.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let before = thread_count();
    let this = gettid().as_raw();
    let seen = callback_threads(8).context("a server with 8 clients on 127.0.0.1 (see `ulimit -n`)")?;
    let answered = seen.iter().filter(|seen| seen.kind == "data").count();
    let here = seen.iter().filter(|seen| seen.thread == this).count();
    let all = seen.len();
    let added = seen.iter().map(|seen| seen.threads).max().unwrap_or(0).saturating_sub(before);
    writeln!(out, "  An echo server and 8 clients, all connected at once, share our loop. A tick, a")?;
    writeln!(out, "  microtask, a timer and an immediate run, too.")?;
    writeln!(out, "  Expected: every callback runs on the thread of the loop; no thread is added.")?;
    writeln!(out, "    clients answered                    {answered}")?;
    writeln!(out, "    callbacks on the loop's thread      {here} of {all}")?;
    writeln!(out, "    threads that were added             {added}")?;
    claim(here == all && added == 0, format_args!("{here} of {all} callbacks, {added} threads more: {seen:?}"))?;
    writeln!(out, "  No connection needs a thread: the kernel reports to the loop which has data.")?;
    writeln!(out, "  The document: \"single-threaded, handles async callbacks\".")?;
    Ok(())
}
