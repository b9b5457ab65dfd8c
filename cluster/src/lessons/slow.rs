//! A slow worker: one is busy with a long request. Which new connections have to wait for it?

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use crate::cli::claim;
use crate::client::Client;
use crate::client::cluster::Cluster;
use crate::schedule::Schedule;
use crate::support::own_program::OWN_PROGRAM;

const WORKERS: usize = 3;
const CONNECTIONS: usize = 20;
/// How long the slow worker is blocked, in milliseconds.
const BLOCK: u64 = 400;

/// Blocks a worker, then opens `connections` and asks for `/` on each, all at once: how many the slow one answered.
///
/// # Errors
/// Those of [`Client::connect`], [`Client::send`] and [`Client::receive`].
pub fn behind_the_slow(address: SocketAddr, connections: usize) -> io::Result<usize> {
    let mut blocker = Client::connect(address)?;
    let slow = blocker.get("/")?.pid()?;
    blocker.send(&format!("/work?ms={BLOCK}"))?;
    let mut clients = (0..connections).map(|_| Client::connect(address)).collect::<io::Result<Vec<_>>>()?;
    clients.iter_mut().try_for_each(|client| client.send("/"))?;
    let mut behind = 0;
    for client in &mut clients {
        behind += usize::from(client.receive()?.pid()? == slow);
    }
    blocker.receive()?;
    Ok(behind)
}

/// Shows all three schedules.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We block one of {WORKERS} workers for {BLOCK} ms and open {CONNECTIONS} connections meanwhile.")?;
    writeln!(out, "  Expected: at most a few wait for it, except under reuseport.")?;
    writeln!(out, "    schedule      waited for the blocked worker")?;
    for schedule in Schedule::ALL {
        let cluster = Cluster::start(Path::new(OWN_PROGRAM), WORKERS, schedule)?;
        let behind = behind_the_slow(cluster.address(), CONNECTIONS)?;
        // The request may arrive a moment after the first of the connections.
        let few = schedule == Schedule::Reuseport || behind <= CONNECTIONS / WORKERS;
        claim(few, format_args!("{schedule}: {behind} of {CONNECTIONS} waited for the worker that was blocked"))?;
        writeln!(out, "    {schedule:<12}  {behind:>2} of {CONNECTIONS}")?;
    }
    writeln!(out, "  round-robin: a worker gets one connection that it has not acknowledged, no")?;
    writeln!(out, "  second one. shared: a blocked worker accepts nothing. reuseport: the kernel")?;
    writeln!(out, "  assigns by a hash and does not know which worker is busy.")?;
    Ok(())
}
