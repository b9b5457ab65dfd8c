//! Who does not use the pool: sockets. The kernel says when they are ready, so one thread can wait for many.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::path::Path;

use anyhow::{Context, bail, ensure};
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
    let waited = converse(ROUND_TRIPS)?;
    let after_network = tasks::thread_ids()?;
    let read: Task<_> = Box::new(|| read_chunk(Path::new(OWN_PROGRAM), 0, 4));
    for outcome in run_all(&pool, vec![read])? {
        ensure!(outcome?.value? == b"\x7fELF", "the file read is not this program");
    }
    let after_file = tasks::thread_ids()?;

    writeln!(out, "  kernel's count of threads     {:>3}", before.len())?;
    writeln!(out, "  {ROUND_TRIPS} round trips over TCP      {:>3}", after_network.len())?;
    writeln!(out, "  one file, read on the pool    {:>3}", after_file.len())?;
    ensure!(after_network == before, "talking over TCP changed the threads: {before:?}, {after_network:?}");
    let new: BTreeSet<i32> = after_file.difference(&before).copied().collect();
    ensure!(new == pool.thread_ids().iter().copied().collect(), "the new threads {new:?} are not the pool's");
    writeln!(out, "  One thread was both ends; it asked the kernel {waited} times")?;
    writeln!(out, "  which of them was ready. Only the file needed the pool.")?;
    Ok(())
}

/// Both ends of a connection on this thread, neither ever blocking; how often it waited for one of them to be ready.
fn converse(round_trips: usize) -> anyhow::Result<usize> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let client = TcpStream::connect(listener.local_addr()?)
        .context("no way to 127.0.0.1: is the loopback interface up (ip link set lo up)?")?;
    let mut ends = [client, listener.accept()?.0];
    for end in &ends {
        end.set_nonblocking(true)?;
    }
    let mut waited = 0;
    ends[0].write_all(&[0])?;
    let mut hops = 0; // a byte goes to and fro; one byte always fits
    while hops < 2 * round_trips {
        let mut ready = ends.each_ref().map(|end| PollFd::new(end.as_fd(), PollFlags::POLLIN));
        if poll(&mut ready, PollTimeout::from(5_000_u16))? == 0 {
            bail!("nothing came over the loopback within five seconds");
        }
        waited += 1;
        for end in &mut ends {
            let mut byte = [0];
            match end.read(&mut byte) {
                Ok(0) => bail!("the connection ended early"),
                Ok(_) => end.write_all(&byte)?,
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error.into()),
            }
            hops += 1;
        }
    }
    Ok(waited)
}
