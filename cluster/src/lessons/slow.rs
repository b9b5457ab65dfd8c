//! A slow worker: one is busy with a long request. Which of the others' connections have to wait for it?

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use anyhow::ensure;

use crate::client::Client;
use crate::handle::Cluster;
use crate::schedule::Schedule;

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
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    writeln!(out, "  {WORKERS} workers, one blocked for {BLOCK} ms. Of {CONNECTIONS} connections")?;
    writeln!(out, "  that come meanwhile, so many waited for the blocked one:")?;
    for schedule in Schedule::ALL {
        let cluster = Cluster::start(program, WORKERS, schedule)?;
        let behind = behind_the_slow(cluster.address(), CONNECTIONS)?;
        // The request may arrive a moment after the first of the connections.
        ensure!(
            schedule == Schedule::Reuseport || behind <= CONNECTIONS / WORKERS,
            "{schedule}: {behind} of {CONNECTIONS} connections waited for the worker that was blocked"
        );
        writeln!(out, "  {schedule:<12} {behind:>2}")?;
    }
    writeln!(out, "  shared: who is blocked accepts nothing. round-robin: who")?;
    writeln!(out, "  has not acknowledged one connection gets no second.")?;
    writeln!(out, "  reuseport: the hash does not know who is busy.")?;
    Ok(())
}
