//! Which process answers: how each schedule spreads connections, that all requests of one connection go to one worker,
//! and which clients wait for a worker that is busy.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::net::SocketAddr;

use super::table;
use crate::cli::claim;
use crate::client::cluster::Cluster;
use crate::client::{Client, who_answers};
use crate::schedule::Schedule;

const WORKERS: usize = 4;
const REQUESTS: u64 = 200;
const CONNECTIONS: usize = 20;
/// How long a worker is blocked, in milliseconds.
const BLOCK: u64 = 400;

/// Asks for `/` again and again on one connection: the pids that answered.
///
/// # Errors
/// Those of [`Client::connect`] and [`Client::get`].
pub fn who_answers_one(address: SocketAddr, requests: u64) -> io::Result<BTreeSet<u32>> {
    let mut client = Client::connect(address)?;
    (0..requests).map(|_| client.get("/")?.pid()).collect()
}

/// Blocks a worker, then opens `connections` and asks for `/` on each, all at once: how many the blocked one answered.
///
/// # Errors
/// Those of [`Client::connect`], [`Client::send`] and [`Client::receive`].
pub fn behind_the_blocked(address: SocketAddr, connections: usize) -> io::Result<usize> {
    let mut blocker = Client::connect(address)?;
    let blocked = blocker.get("/")?.pid()?;
    blocker.send(&format!("/work?ms={BLOCK}"))?;
    let mut clients = (0..connections).map(|_| Client::connect(address)).collect::<io::Result<Vec<_>>>()?;
    clients.iter_mut().try_for_each(|client| client.send("/"))?;
    let pids = clients.iter_mut().map(|client| client.receive()?.pid()).collect::<io::Result<Vec<_>>>()?;
    blocker.receive()?;
    Ok(pids.into_iter().filter(|pid| *pid == blocked).count())
}

/// Shows all three schedules.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We send {REQUESTS} requests to {WORKERS} workers, each on a new connection, then {REQUESTS} on")?;
    writeln!(out, "  one kept connection. Then one worker is blocked, and we open {CONNECTIONS} more.")?;
    writeln!(out, "  Expected: equal shares only under round-robin; one worker answers on the kept")?;
    writeln!(out, "  connection; only under reuseport do several wait for the blocked worker.")?;
    writeln!(out, "    schedule     answered by each    workers on the kept one    waited")?;
    table(out, WORKERS, row)?;
    writeln!(out, "  A cluster balances connections, not requests: one busy client can keep one")?;
    writeln!(out, "  worker busy. This holds for Node's cluster, too. reuseport: the kernel assigns")?;
    writeln!(out, "  by a hash and does not know which worker is busy.")?;
    Ok(())
}

fn row(cluster: &Cluster, schedule: Schedule) -> anyhow::Result<String> {
    let workers = cluster.workers()?;
    let counts = who_answers(cluster.address(), REQUESTS)?;
    let kept = who_answers_one(cluster.address(), REQUESTS)?.len();
    let behind = behind_the_blocked(cluster.address(), CONNECTIONS)?;
    let all_known = counts.keys().all(|pid| workers.contains(pid));
    claim(all_known, format_args!("{schedule}: {counts:?} answered, the workers are {workers:?}"))?;
    let shares: Vec<u64> = workers.iter().map(|pid| counts.get(pid).copied().unwrap_or(0)).collect();
    let even = schedule != Schedule::RoundRobin || shares == [REQUESTS / WORKERS as u64; WORKERS];
    claim(even, format_args!("round-robin gave the uneven shares {shares:?}"))?;
    claim(kept == 1, format_args!("{schedule}: {kept} workers answered on one connection"))?;
    // The request that blocks may arrive a moment after the first of the connections.
    let few = schedule == Schedule::Reuseport || behind <= CONNECTIONS / WORKERS;
    claim(few, format_args!("{schedule}: {behind} of {CONNECTIONS} waited for the worker that was blocked"))?;
    let shares: String = shares.iter().map(|share| format!("{share:>4}")).collect();
    Ok(format!("{shares} {kept:>20} {behind:>18} of {CONNECTIONS}"))
}
