//! Which process answers: how each schedule spreads connections, that each worker counts for itself, that all requests of
//! one connection go to one worker, and which clients wait for a worker that is busy.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind, Write};
use std::net::SocketAddr;

use super::table;
use crate::cli::claim;
use crate::client::cluster::Cluster;
use crate::client::{Client, get, pid};
use crate::schedule::Schedule;

const WORKERS: usize = 4;
const REQUESTS: u64 = 200;
const CONNECTIONS: usize = 20;
/// How long a worker is blocked, in milliseconds.
const BLOCK: u64 = 400;

/// Shows all three schedules.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We ask {WORKERS} workers for /count {REQUESTS} times, each time on a new connection: it")?;
    writeln!(out, "  adds 1 to a variable and returns it. Then {REQUESTS} times on one kept connection.")?;
    writeln!(out, "  Then one worker is blocked, and we open {CONNECTIONS} more connections.")?;
    writeln!(out, "  Expected: equal counts only under round-robin; one worker on the kept")?;
    writeln!(out, "  connection; only under reuseport do several wait for the blocked worker.")?;
    writeln!(out, "    schedule     each counted to    kept connection   waited for the blocked")?;
    table(out, WORKERS, row)?;
    writeln!(out, "  Workers share a port, no variables. A cluster balances connections, not")?;
    writeln!(out, "  requests, and so does Node's. Under round-robin a worker must acknowledge one")?;
    writeln!(out, "  connection before it gets another. reuseport: the kernel assigns by a hash of")?;
    writeln!(out, "  the addresses, and does not know which worker is busy.")?;
    Ok(())
}

fn row(cluster: &Cluster, schedule: Schedule) -> anyhow::Result<String> {
    let counts = who_answers(cluster.address(), REQUESTS)?;
    let kept = pids_on_one_connection(cluster.address())?.len();
    let behind = behind_the_blocked(cluster.address())?;
    let sum: u64 = counts.values().sum();
    claim(sum == REQUESTS, format_args!("{schedule:?}: the counts {counts:?} add up to {sum}, not to {REQUESTS}"))?;
    let shares: Vec<u64> = cluster.workers()?.iter().map(|pid| counts.get(pid).copied().unwrap_or(0)).collect();
    let even = schedule != Schedule::RoundRobin || shares == [REQUESTS / WORKERS as u64; WORKERS];
    claim(even, format_args!("round-robin gave the uneven shares {shares:?}"))?;
    claim(kept == 1, format_args!("{schedule:?}: {kept} workers answered on one connection"))?;
    // The request that blocks may arrive a moment after the first of the connections.
    let few = schedule == Schedule::Reuseport || behind <= CONNECTIONS / WORKERS;
    claim(few, format_args!("{schedule:?}: {behind} of {CONNECTIONS} waited for the worker that was blocked"))?;
    let shares: String = shares.iter().map(|share| format!("{share:>4}")).collect();
    let kept = format!("{kept} worker");
    let waited = format!("{behind} of {CONNECTIONS}");
    Ok(format!("{shares}   {kept:>15}   {waited:>22}"))
}

/// Asks for `/count` on `requests` new connections, one after another: the last count of each worker, by its pid.
///
/// # Errors
/// Those of [`get`]; `InvalidData` when an answer is not a pid and a count.
pub fn who_answers(address: SocketAddr, requests: u64) -> io::Result<BTreeMap<u32, u64>> {
    let mut counts = BTreeMap::new();
    for _ in 0..requests {
        let body = get(address, "/count")?;
        let count = body.split_whitespace().nth(1).and_then(|count| count.parse().ok());
        counts.insert(pid(&body)?, count.ok_or(ErrorKind::InvalidData)?);
    }
    Ok(counts)
}

/// Asks for `/` again and again on one connection: the pids that answered.
fn pids_on_one_connection(address: SocketAddr) -> io::Result<BTreeSet<u32>> {
    let mut client = Client::connect(address)?;
    (0..REQUESTS).map(|_| pid(&client.get("/")?)).collect()
}

/// Blocks a worker, then opens connections and asks for `/` on each, all at once: how many the blocked one answered.
fn behind_the_blocked(address: SocketAddr) -> io::Result<usize> {
    let mut blocker = Client::connect(address)?;
    let blocked = pid(&blocker.get("/")?)?;
    blocker.send(&format!("/work?ms={BLOCK}"))?;
    let mut clients = (0..CONNECTIONS).map(|_| Client::connect(address)).collect::<io::Result<Vec<_>>>()?;
    clients.iter_mut().try_for_each(|client| client.send("/"))?;
    let pids = clients.iter_mut().map(|client| pid(&client.receive()?)).collect::<io::Result<Vec<_>>>()?;
    Ok(pids.into_iter().filter(|pid| *pid == blocked).count())
}
