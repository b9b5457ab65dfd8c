//! Lesson: which thread runs the callbacks? One, whatever their kind.

use std::cell::RefCell;
use std::fs;
use std::io::{self, Write};
use std::net::TcpStream;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use nix::unistd::gettid;

use super::echo::LOCAL;
use crate::cli::claim;
use crate::{EventLoop, Hook, Listener, Waker};

/// The kinds of callback, in the order in which [`callback_threads`] returns them.
pub const KINDS: [&str; 9] =
    ["tick", "microtask", "timer", "immediate", "hook", "close", "connection", "data", "wake-up"];

const LIMIT: Duration = Duration::from_secs(5);

/// A kind of callback, and where one of them ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackSeen {
    /// One of [`KINDS`].
    pub kind: &'static str,
    /// The kernel's id of the thread it ran on, as gettid(2) says.
    pub thread: i32,
    /// How many threads the process had meanwhile.
    pub threads: usize,
}

type Log = Rc<RefCell<Vec<io::Result<CallbackSeen>>>>;

/// A callback that notes where it runs, and then closes its handle.
fn noting(log: &Log) -> impl Fn(&mut EventLoop) + use<> {
    let log = Rc::clone(log);
    move |ev| {
        let kind = ev.position().kind;
        let thread = gettid().as_raw();
        log.borrow_mut().push(count_threads().map(|threads| CallbackSeen { kind, thread, threads }));
        ev.close_current();
    }
}

fn count_threads() -> io::Result<usize> {
    fs::read_dir("/proc/self/task").map(Iterator::count)
}

/// Has one callback of every kind run in a loop on this thread, and returns where each ran. Only the wake-up needs
/// another thread: it comes last, when the other callbacks have run.
///
/// # Errors
/// Those of the loop and of its sockets on 127.0.0.1, those of reading `/proc`; `Other` when some kind did not run.
pub fn callback_threads() -> io::Result<Vec<CallbackSeen>> {
    let mut ev = EventLoop::new()?;
    let log = Log::default();
    ev.next_tick(noting(&log));
    ev.queue_microtask(noting(&log));
    ev.set_timeout(Duration::ZERO, noting(&log));
    ev.set_immediate(noting(&log));
    ev.set_hook(Hook::Prepare, noting(&log));
    let closed = ev.set_timeout(Duration::MAX, |_| ());
    ev.close_then(closed, noting(&log));
    over_tcp(&mut ev, &log)?;
    ev.run_within(LIMIT)?;
    let waker = Waker::new(&mut ev, noting(&log))?;
    ev.request(move || waker.wake(), |_, ()| ())?; // on the loop's helper thread
    ev.run_within(LIMIT)?;

    let mut seen = log.take().into_iter().collect::<io::Result<Vec<_>>>()?;
    seen.sort_by_key(|seen| KINDS.iter().position(|kind| *kind == seen.kind));
    if !seen.iter().map(|seen| seen.kind).eq(KINDS) {
        return Err(io::Error::other(format!("not every kind of callback ran once: {seen:?}")));
    }
    Ok(seen)
}

/// A server on the loop, and a client without another thread: the kernel keeps its connection and its byte until
/// the loop runs.
fn over_tcp(ev: &mut EventLoop, log: &Log) -> io::Result<()> {
    let accepted = noting(log);
    let log = Rc::clone(log);
    let listener = Listener::bind(ev, LOCAL, move |ev, stream| {
        accepted(ev);
        let read = noting(&log);
        // After an error no data comes, and the caller misses it.
        let _ = stream.and_then(|stream| stream.on_data(ev, move |ev, _, _| read(ev)));
    })?;
    TcpStream::connect(listener.local_addr(ev)?)?.write_all(b"!")
}

/// Shows the thread of each kind.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    // A thread of an earlier lesson that was joined still counts for a moment, until the kernel has removed it.
    let deadline = Instant::now() + LIMIT;
    while count_threads()? > 1 && Instant::now() < deadline {
        thread::yield_now();
    }
    let this = gettid().as_raw();
    let seen = callback_threads().context("one callback of every kind, with a server on 127.0.0.1")?;
    writeln!(out, "  We run one callback of every kind and ask for the thread it runs on.")?;
    writeln!(out, "  Expected: always the thread that runs the loop, which is thread {this}.")?;
    writeln!(out, "    callback     thread      threads in the process")?;
    for CallbackSeen { kind, thread, threads } in seen {
        writeln!(out, "    {kind:<12} {thread:<11} {threads}")?;
        claim(thread == this, format_args!("a {kind} ran on thread {thread}, not on {this}"))?;
        claim(kind == "wake-up" || threads == 1, format_args!("{threads} threads during a {kind}"))?;
    }
    writeln!(out, "  \"JavaScript code is single-threaded\": and the network needs no other thread.")?;
    writeln!(out, "  Only the wake-up (libuv: uv_async_send) was sent by a second thread.")?;
    Ok(())
}
