//! The service beside nginx and Node's `cluster`, where they are installed: as many workers each, wrk as the load.
//!
//! Everything runs on this machine, so wrk takes its share of the CPUs, and requests a second say as much about it as
//! about the server. The servers' own CPU time a request is measured beside them. Arms take turns, round by round; a
//! ratio is the median of the rounds' ratios, with the least and the greatest. The floor, a server that only reads and
//! writes, shows how much of a request's CPU time is the kernel's: no server gets below it.

mod floor;
mod server;

use std::env;
use std::io;
use std::process::Command;
use std::thread;

use cluster::schedule::Schedule;

use server::{CONNECTIONS, Sample, Server};

const ROUNDS: usize = 6;
const SECONDS: u64 = 1;

fn main() -> io::Result<()> {
    let workers = thread::available_parallelism()?.get();
    if let Some(how @ ("floor" | "floor-fresh")) = env::args().nth(1).as_deref() {
        return floor::run(workers, how == "floor-fresh");
    }
    if let Err(error) = Command::new("wrk").arg("-v").output() {
        println!("left out, no load: wrk, {error} (apt-get install wrk)");
        return Ok(());
    }
    println!("{workers} workers, {workers} CPUs, {CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS} s each\n");
    let nginx = available(Server::nginx(workers), "nginx", "apt-get install nginx-light");
    let node = available(Server::node(workers), "node", "https://nodejs.org");

    let ours = Server::ours(workers, Schedule::Reuseport)?;
    let floor = Server::floor("floor")?;
    let kept = rounds(&[Some(&ours), Some(&floor), nginx.as_ref(), node.as_ref()], &[])?;
    drop((ours, floor, nginx));
    let ours = Server::ours(workers, Schedule::RoundRobin)?;
    let floor = Server::floor("floor-fresh")?;
    let fresh = rounds(&[Some(&ours), Some(&floor), node.as_ref()], &["-H", "Connection: close"])?;

    println!("ratio: the median of the rounds' ratios (least..greatest). RR: round-robin. The floor is a server that");
    println!("only reads and writes: its share of the CPU time is the kernel's, and no server needs less.\n");
    println!("{:<34} {:>9} {:>9}   ratio               bound", "", "ours", "theirs");
    let [ours, floor, nginx, node] = kept.as_slice() else { unreachable!("four arms") };
    compare("nginx: requests/s, kept", ours, nginx, |arm| arm.rate, Bound::AtLeast(0.95));
    compare("nginx: server's CPU/request, us", ours, nginx, |arm| arm.cpu, Bound::AtMost(1.0));
    compare("nginx: p99, ms", ours, nginx, |arm| arm.p99, Bound::AtMost(1.5));
    compare("Node: requests/s, kept", ours, node, |arm| arm.rate, Bound::AtLeast(1.4));
    compare("Node: server's CPU/request, us", ours, node, |arm| arm.cpu, Bound::AtMost(0.4));
    compare("  the floor's, beside Node's", floor, node, |arm| arm.cpu, Bound::Control);
    compare("  ours, beside the floor's", ours, floor, |arm| arm.cpu, Bound::Control);
    compare("Node: requests/s, fresh (RR)", &fresh[0], &fresh[2], |arm| arm.rate, Bound::AtLeast(2.0));
    compare("  the floor's, without handing over", &fresh[1], &fresh[2], |arm| arm.rate, Bound::Control);
    Ok(())
}

fn available(server: io::Result<Server>, name: &str, remedy: &str) -> Option<Server> {
    server.inspect_err(|error| println!("left out: {name}, {error} ({remedy})")).ok()
}

enum Bound {
    AtLeast(f64),
    AtMost(f64),
    /// None: it says what can be reached here.
    Control,
}

/// A line of the table; none where one side is missing.
fn compare(what: &str, ours: &[Sample], theirs: &[Sample], of: impl Fn(&Sample) -> f64, bound: Bound) {
    if ours.is_empty() || theirs.is_empty() {
        return;
    }
    let ratios = sorted(ours.iter().zip(theirs).map(|(ours, theirs)| of(ours) / of(theirs)));
    let [ours, theirs] = [ours, theirs].map(|arm| median(&sorted(arm.iter().map(&of))));
    let (ratio, least, most) = (median(&ratios), ratios[0], ratios[ratios.len() - 1]);
    let verdict = |met| if met { "ok" } else { "missed" };
    let (verdict, bound) = match bound {
        Bound::AtLeast(bound) => (verdict(ratio >= bound), format!(">= {bound}")),
        Bound::AtMost(bound) => (verdict(ratio <= bound), format!("<= {bound}")),
        Bound::Control => ("control", String::new()),
    };
    let digits = if ours < 100.0 { 2 } else { 0 };
    println!(
        "{what:<34} {ours:>9.digits$} {theirs:>9.digits$}   {ratio:.2} ({least:.2}..{most:.2})  {bound:<7} {verdict}"
    );
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

/// The arms in turns; the first one of each round is another every time. A short run of each warms it up.
fn rounds(arms: &[Option<&Server>], options: &[&str]) -> io::Result<Vec<Vec<Sample>>> {
    let mut samples: Vec<Vec<Sample>> = arms.iter().map(|_| Vec::new()).collect();
    for round in 0..=ROUNDS {
        for turn in 0..arms.len() {
            let arm = (turn + round) % arms.len();
            let Some(server) = arms[arm] else { continue };
            let sample = server.load(if round == 0 { 1 } else { SECONDS }, options)?;
            if round > 0 {
                samples[arm].push(sample);
            }
        }
    }
    Ok(samples)
}
