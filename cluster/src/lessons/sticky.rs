//! Sticky connections: what is spread over the workers is connections, not requests.

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

const WORKERS: usize = 3;
const REQUESTS: u64 = 12;

/// Asks for `/` again and again on one connection: the pids that answered.
///
/// # Errors
/// Those of [`Client::connect`] and [`Client::get`].
pub fn who_answers_one(address: SocketAddr, requests: u64) -> io::Result<BTreeSet<u32>> {
    let mut client = Client::connect(address)?;
    (0..requests).map(|_| client.get("/")?.pid()).collect()
}

/// Shows all three schedules, and fresh connections beside the kept one.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(
        out,
        "  We send {REQUESTS} requests to {WORKERS} workers, on one kept connection and on {REQUESTS} fresh ones,"
    )?;
    writeln!(out, "  and count the workers that answered.")?;
    writeln!(out, "  Expected: one worker answers everything on a kept connection.")?;
    writeln!(out, "    schedule      one kept connection   {REQUESTS} fresh ones")?;
    for schedule in Schedule::ALL {
        let cluster = Cluster::start(Path::new(OWN_PROGRAM), WORKERS, schedule)?;
        let kept = who_answers_one(cluster.address(), REQUESTS)?.len();
        let fresh = who_answers(cluster.address(), REQUESTS)?.len();
        claim(kept == 1, format_args!("{schedule}: {kept} workers answered on one connection"))?;
        writeln!(out, "    {schedule:<12} {kept:>20} {fresh:>14}")?;
    }
    writeln!(out, "  A cluster balances connections, not requests: one busy client can keep one")?;
    writeln!(out, "  worker busy. This holds for Node's cluster, too.")?;
    Ok(())
}
