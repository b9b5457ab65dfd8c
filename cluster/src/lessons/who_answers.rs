//! Which process answers: how each schedule spreads connections, and that all requests of one connection go to one worker.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use crate::cli::claim;
use crate::client::Client;
use crate::client::answers::who_answers;
use crate::client::cluster::Cluster;
use crate::schedule::Schedule;
use crate::support::own_program::OWN_PROGRAM;

const WORKERS: usize = 4;
const REQUESTS: u64 = 200;

/// Asks for `/` again and again on one connection: the pids that answered.
///
/// # Errors
/// Those of [`Client::connect`] and [`Client::get`].
pub fn who_answers_one(address: SocketAddr, requests: u64) -> io::Result<BTreeSet<u32>> {
    let mut client = Client::connect(address)?;
    (0..requests).map(|_| client.get("/")?.pid()).collect()
}

/// Shows all three schedules.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We send {REQUESTS} requests to {WORKERS} workers, each on a new connection, then {REQUESTS} on")?;
    writeln!(out, "  one connection that is kept. Each worker answers with its pid.")?;
    writeln!(out, "  Expected: equal shares only under round-robin, where the primary assigns in")?;
    writeln!(out, "  turn; all requests on the kept connection go to one worker.")?;
    writeln!(out, "    schedule     new connections for each worker    workers on the kept one")?;
    for schedule in Schedule::ALL {
        let cluster = Cluster::start(Path::new(OWN_PROGRAM), WORKERS, schedule)?;
        let workers = cluster.workers()?;
        let counts = who_answers(cluster.address(), REQUESTS)?;
        let kept = who_answers_one(cluster.address(), REQUESTS)?.len();
        let all_known = counts.keys().all(|pid| workers.contains(pid));
        claim(all_known, format_args!("{schedule}: {counts:?} answered, the workers are {workers:?}"))?;
        let shares: Vec<u64> = workers.iter().map(|pid| counts.get(pid).copied().unwrap_or(0)).collect();
        let even = schedule != Schedule::RoundRobin || shares == [REQUESTS / WORKERS as u64; WORKERS];
        claim(even, format_args!("round-robin gave the uneven shares {shares:?}"))?;
        claim(kept == 1, format_args!("{schedule}: {kept} workers answered on one connection"))?;
        let shares: String = shares.iter().map(|share| format!("{share:>5}")).collect();
        writeln!(out, "    {schedule:<12}{shares} {kept:>27}")?;
    }
    writeln!(out, "  A cluster balances connections, not requests: one busy client can keep one")?;
    writeln!(out, "  worker busy. This holds for Node's cluster, too.")?;
    Ok(())
}
