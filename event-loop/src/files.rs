//! Lesson: why a loop needs threads for files, although it needs none for the network.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::rc::Rc;
use std::sync::mpsc;

use anyhow::ensure;
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};
use nix::unistd::gettid;

use crate::{EventLoop, Phase};

/// A regular file that is always there: this program's own.
const REGULAR: &str = "/proc/self/exe";

/// Asks epoll to tell when `fd` is readable.
///
/// # Errors
/// `EPERM` for what is always ready in epoll's eyes, a regular file above all; others of epoll_ctl(2).
pub fn poll_for(fd: impl AsFd) -> nix::Result<()> {
    Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?.add(fd, EpollEvent::new(EpollFlags::EPOLLIN, 0))
}

/// A request and its callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// The thread that read the file.
    pub worker: i32,
    /// The thread that ran the callback.
    pub callback: i32,
    /// The phase in which it did.
    pub phase: Phase,
}

/// Reads the beginning of a file by a request. The read waits until an immediate has run: a loop that did the work
/// itself, or waited for it, would never get there.
///
/// # Errors
/// Those of the loop, of the request and of the read.
pub fn read_beside_the_loop() -> io::Result<Served> {
    let (mut ev, served) = (EventLoop::new()?, Rc::new(Cell::new(None)));
    let (go, wait) = mpsc::channel::<()>();
    let work = move || {
        wait.recv().map_err(|_| io::Error::other("the loop did not go on"))?;
        File::open(REGULAR)?.read_exact(&mut [0; 4])?;
        Ok(gettid().as_raw())
    };
    let note = Rc::clone(&served);
    ev.request(work, move |ev, read: io::Result<i32>| {
        let (callback, phase) = (gettid().as_raw(), ev.place().phase);
        note.set(Some(read.map(|worker| Served { worker, callback, phase })));
    })?;
    ev.set_immediate(move |_| _ = go.send(()));
    ev.run()?;
    served.take().unwrap_or_else(|| Err(io::Error::other("the callback did not run")))
}

/// Shows what epoll says to a pipe and to a file, and who reads the file.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let (pipe, file) = (poll_for(io::pipe()?.0), poll_for(File::open(REGULAR)?));
    for (what, answer) in [("a pipe", pipe), ("a regular file", file)] {
        let answer = answer.map_or_else(|errno| format!("{errno:?}"), |()| "tells when it is ready".into());
        writeln!(out, "  epoll, asked for {what:<16} {answer}")?;
    }
    ensure!(pipe == Ok(()) && file == Err(Errno::EPERM), "epoll said {pipe:?} to a pipe, {file:?} to a file");
    writeln!(out, "  A read of a file makes its thread wait for the disk, ready")?;
    writeln!(out, "  or not. So the loop has another thread do it:")?;
    let (this, served) = (gettid().as_raw(), read_beside_the_loop()?);
    writeln!(out, "  thread of the loop {this:>10}")?;
    writeln!(out, "  read the file      {:>10}", served.worker)?;
    writeln!(out, "  ran the callback   {:>10}   {} phase", served.callback, served.phase)?;
    ensure!(served.worker != this && served.callback == this && served.phase == Phase::Poll, "{served:?}");
    writeln!(out, "  The loop ran an immediate meanwhile: the read was waiting")?;
    writeln!(out, "  for it.")?;
    Ok(())
}
