//! The herd: whom one connection wakes, when several workers wait for it.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::ensure;

use crate::answers::who_answers;
use crate::handle::Cluster;
use crate::schedule::Schedule;
use crate::settings::Settings;

const WORKERS: usize = 4;
const REQUESTS: u64 = 200;

/// How often the workers of a cluster went to sleep so far, in all: each time, something had woken them
/// (`voluntary_ctxt_switches`, proc(5)).
///
/// # Errors
/// Those of reading `/proc`; `InvalidData` when it says no such number.
pub fn sleeps(cluster: &Cluster) -> io::Result<u64> {
    let mut sum = 0;
    for pid in cluster.workers()? {
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")?.trim().parse().ok());
        sum += count.unwrap_or(0u64);
    }
    Ok(sum)
}

/// Shows all schedules, and the shared one with `EPOLLEXCLUSIVE` as well.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    writeln!(out, "  {REQUESTS} connections, one after another, to {WORKERS} workers:")?;
    let mut wakings = Vec::new();
    for (schedule, exclusive) in [
        (Schedule::Shared, false),
        (Schedule::Shared, true),
        (Schedule::Reuseport, false),
        (Schedule::RoundRobin, false),
    ] {
        let settings = Settings { workers: WORKERS, schedule, exclusive, ..Settings::new(program) };
        let cluster = Cluster::start_with(&settings)?;
        let before = sleeps(&cluster)?;
        let shares = who_answers(cluster.address(), REQUESTS)?;
        let woken = (sleeps(&cluster)? - before) as f64 / REQUESTS as f64;
        let name = if exclusive { "shared --exclusive" } else { schedule.name() };
        let most = shares.values().max().copied().unwrap_or(0);
        writeln!(out, "  {name:<19} {woken:.2} wake-ups each, {most} by one worker")?;
        wakings.push(woken);
    }
    ensure!(wakings[0] > wakings[1], "EPOLLEXCLUSIVE did not lower the number of wake-ups: {wakings:?}");
    writeln!(out, "  A shared listener wakes all that wait, and one finds the")?;
    writeln!(out, "  connection. EPOLLEXCLUSIVE wakes fewer, at a price: who")?;
    writeln!(out, "  was first in the queue stays first, and gets the most.")?;
    Ok(())
}
