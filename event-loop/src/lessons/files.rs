//! Lesson: why a loop needs threads for files, although it needs none for the network.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::mpsc;

use anyhow::Context;
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags};
use nix::unistd::gettid;

use crate::EventLoop;
use crate::cli::claim;

/// A regular file that is always there: this program's.
const REGULAR: &str = "/proc/self/exe";

/// Asks epoll to report when `fd` is readable.
///
/// # Errors
/// `EPERM` for what is always ready in epoll's eyes, a regular file above all; others of epoll_ctl(2).
pub fn poll_for(fd: impl AsFd) -> nix::Result<()> {
    Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?.add(fd, EpollEvent::new(EpollFlags::EPOLLIN, 0))
}

/// Looks at a file by a request: the kernel's ids of the threads that looked and that ran the callback.
///
/// # Errors
/// Those of the loop and of the request.
pub fn ask_beside_the_loop() -> io::Result<(i32, i32)> {
    let mut ev = EventLoop::new()?;
    let (sender, threads) = mpsc::channel();
    let look = || fs::metadata(REGULAR).map(|_| gettid().as_raw());
    ev.request(look, move |_, looked_on| {
        let _ = sender.send(looked_on.map(|worker| (worker, gettid().as_raw())));
    })?;
    ev.run()?;
    threads.recv().map_err(io::Error::other)?
}

/// Shows what epoll answers for a pipe and for a file, and which thread asks about the file.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let pipe = poll_for(io::pipe()?.0);
    let file = poll_for(File::open(REGULAR)?);
    writeln!(out, "  We ask epoll to report when a pipe or a file is readable. Then we ask for the")?;
    writeln!(out, "  file's metadata with a request, as `fs.stat` does.")?;
    writeln!(out, "  Expected: epoll refuses the file, so another thread does the request.")?;
    for (what, answer) in [("a pipe", pipe), ("a regular file", file)] {
        let answer = answer.map_or_else(|errno| format!("refused: {errno:?}"), |()| "accepted".into());
        writeln!(out, "    epoll for {what:<20} {answer}")?;
    }
    claim(pipe == Ok(()) && file == Err(Errno::EPERM), format_args!("a pipe: {pipe:?}, a file: {file:?}"))?;
    let this = gettid().as_raw();
    let (worker, callback) = ask_beside_the_loop().context("the loop's helper thread (see `ulimit -u`)")?;
    writeln!(out, "    thread of the loop             {this}")?;
    writeln!(out, "    thread of the request          {worker}")?;
    writeln!(out, "    thread of the callback         {callback}")?;
    claim(worker != this && callback == this, format_args!("{worker} and {callback}"))?;
    writeln!(out, "  So the thread that waits is not the loop's; and the callback needs no lock.")?;
    writeln!(out, "  The document: \"libuv Thread Pool: handles file system, DNS, crypto\".")?;
    Ok(())
}
