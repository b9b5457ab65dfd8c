//! Keep-alive pins: what is spread over the workers is connections, not requests.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use anyhow::ensure;

use crate::answers::who_answers;
use crate::client::Client;
use crate::handle::Cluster;
use crate::schedule::Schedule;

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
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    writeln!(out, "  {WORKERS} workers, {REQUESTS} requests. Workers that answered on")?;
    writeln!(out, "  schedule     one kept connection   {REQUESTS} fresh ones")?;
    for schedule in Schedule::ALL {
        let cluster = Cluster::start(program, WORKERS, schedule)?;
        let kept = who_answers_one(cluster.address(), REQUESTS)?.len();
        let fresh = who_answers(cluster.address(), REQUESTS)?.len();
        ensure!(kept == 1, "{schedule}: {kept} workers answered on one connection");
        writeln!(out, "  {schedule:<12} {kept:>19} {fresh:>14}")?;
    }
    writeln!(out, "  A kept connection stays with its worker under every")?;
    writeln!(out, "  schedule: one busy client can keep one worker busy.")?;
    Ok(())
}
