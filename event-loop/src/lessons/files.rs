//! Lesson: why a loop needs threads for files, although it needs none for the network.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::rc::Rc;
use std::sync::mpsc;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};
use nix::unistd::gettid;

use crate::cli::claim;
use crate::{EventLoop, Phase};

/// A regular file that is always there: this program's own.
const REGULAR: &str = "/proc/self/exe";

/// Asks epoll to report when `fd` is readable.
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
        let (callback, phase) = (gettid().as_raw(), ev.position().phase);
        note.set(Some(read.map(|worker| Served { worker, callback, phase })));
    })?;
    ev.set_immediate(move |_| _ = go.send(()));
    ev.run()?;
    served.take().unwrap_or_else(|| Err(io::Error::other("the callback did not run")))
}

/// Shows what epoll answers for a pipe and for a file, and which thread reads the file.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let pipe = poll_for(io::pipe()?.0);
    let file = poll_for(File::open(REGULAR)?);
    writeln!(out, "  We ask epoll to report when a pipe or a file is readable.")?;
    writeln!(out, "  Expected: epoll refuses the file, so another thread must read it.")?;
    for (what, answer) in [("a pipe", pipe), ("a regular file", file)] {
        let answer = answer.map_or_else(|errno| format!("refused: {errno:?}"), |()| "accepted".into());
        writeln!(out, "    {what:<20} {answer}")?;
    }
    claim(pipe == Ok(()) && file == Err(Errno::EPERM), format_args!("a pipe: {pipe:?}, a file: {file:?}"))?;
    let this = gettid().as_raw();
    let served = read_beside_the_loop()?;
    writeln!(out, "    thread of the loop   {this}")?;
    writeln!(out, "    read the file        {}", served.worker)?;
    writeln!(out, "    ran the callback     {}, in the {} phase", served.callback, served.phase)?;
    let is_as_expected = served.worker != this && served.callback == this && served.phase == Phase::Poll;
    claim(is_as_expected, format_args!("{served:?}"))?;
    writeln!(out, "  We held the read back until an immediate had run: the loop was free meanwhile.")?;
    writeln!(out, "  The document: \"libuv Thread Pool: handles file system, DNS, crypto\".")?;
    Ok(())
}
