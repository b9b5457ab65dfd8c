//! Who does not use the pool: sockets. The kernel says when they are ready, so one thread can wait for many.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::path::Path;

use anyhow::{Context, ensure};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::pool::Pool;
use crate::tasks;
use crate::trace::{Task, run_all};
use crate::work::{OWN_PROGRAM, read_chunk};

const ROUND_TRIPS: usize = 100;

/// Shows the number of threads after a hundred round trips over a connection, and after one file.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let pool = Pool::from_env()?;
    let before = tasks::thread_ids()?;
    converse()?;
    let after_network = tasks::thread_ids()?;
    let read: Task<_> = Box::new(|| read_chunk(Path::new(OWN_PROGRAM), 0, 4));
    let header = run_all(&pool, vec![read])?.remove(0)?.value?;
    let after_file = tasks::thread_ids()?;

    writeln!(out, "  kernel's count of threads     {:>3}", before.len())?;
    writeln!(out, "  {ROUND_TRIPS} round trips over TCP      {:>3}", after_network.len())?;
    writeln!(out, "  one file, read on the pool    {:>3}", after_file.len())?;
    ensure!(after_network.is_subset(&before), "talking over TCP added threads: {before:?}, {after_network:?}");
    ensure!(header == b"\x7fELF", "the file read is not this program");
    let new = &after_file - &before;
    ensure!(new == pool.thread_ids().iter().copied().collect(), "the new threads {new:?} are not the pool's");
    writeln!(out, "  One thread was both ends: the kernel told it each time")?;
    writeln!(out, "  which of them was ready. Only the file needed the pool.")?;
    Ok(())
}

/// A byte goes to and fro over a connection, both ends of which are on this thread. It reads from an end that poll(2)
/// reported to be ready, so it never blocks in a read.
fn converse() -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let client = TcpStream::connect(listener.local_addr()?)
        .context("no way to 127.0.0.1: is the loopback interface up (ip link set lo up)?")?;
    let ends = [client, listener.accept()?.0];
    for hop in 0..2 * ROUND_TRIPS {
        (&ends[hop % 2]).write_all(b"x")?;
        let mut watched = ends.each_ref().map(|end| PollFd::new(end.as_fd(), PollFlags::POLLIN));
        let ready = poll(&mut watched, PollTimeout::from(5_000_u16))?;
        ensure!(ready == 1, "{ready} ends were ready within five seconds, not one");
        let reader = watched.iter().position(|end| end.any() == Some(true)).context("no end is ready")?;
        ensure!(reader == 1 - hop % 2, "the end that wrote was reported to be ready");
        (&ends[reader]).read_exact(&mut [0])?;
    }
    Ok(())
}
