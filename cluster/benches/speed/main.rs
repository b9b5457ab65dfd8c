//! The service beside nginx and Node's `cluster`, where they are installed: as many workers each, wrk as the load.
//!
//! Everything runs on this machine, so wrk takes its share of the CPUs, and requests a second say as much about it as
//! about the server. The servers' own CPU time a request is measured beside them. Arms take turns, round by round; a
//! ratio is the median of the rounds' ratios, with the least and the greatest. The floor, a server that only reads and
//! writes, tells how much of a request's CPU time is the kernel's: no server gets below it.

mod floor;

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{self, Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use cluster::handle::Cluster;
use cluster::schedule::Schedule;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const ROUNDS: usize = 6;
const SECONDS: u64 = 1;
const CONNECTIONS: usize = 64;

const NODE: &str = include_str!("server.js");

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

    println!("{:<34} {:>9} {:>9}   ratio               bound", "", "ours", "theirs");
    let [ours, floor, nginx, node] = kept.as_slice() else { unreachable!("four arms") };
    compare("nginx: requests/s, kept", ours, nginx, |arm| arm.rate, Bound::AtLeast(0.95));
    compare("nginx: server's CPU/request, us", ours, nginx, |arm| arm.cpu, Bound::AtMost(1.1));
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

/// What one run of wrk saw.
struct Sample {
    /// Requests a second.
    rate: f64,
    /// CPU time of all the server's processes for a request, in microseconds.
    cpu: f64,
    /// The 99th percentile of the latency, in milliseconds.
    p99: f64,
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

enum Handle {
    Ours(Cluster),
    Other(Child, Option<PathBuf>),
}

/// A server that runs; dropped, it ends.
struct Server {
    handle: Handle,
    address: SocketAddr,
}

impl Server {
    fn ours(workers: usize, schedule: Schedule) -> io::Result<Self> {
        let cluster = Cluster::start(env!("CARGO_BIN_EXE_cluster").as_ref(), workers, schedule)?;
        let address = cluster.address();
        Ok(Self { handle: Handle::Ours(cluster), address })
    }

    fn node(workers: usize) -> io::Result<Self> {
        let mut command = Command::new("node");
        command.args(["-e", NODE, &workers.to_string()]);
        Self::that_prints_its_port(command)
    }

    fn floor(how: &str) -> io::Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.arg(how);
        Self::that_prints_its_port(command)
    }

    fn that_prints_its_port(mut command: Command) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("is a pipe")).read_line(&mut line)?;
        let mut server = Self { handle: Handle::Other(child, None), address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        server.address.set_port(line.trim_end().parse().map_err(|_| io::Error::other("it did not listen"))?);
        Ok(server)
    }

    fn nginx(workers: usize) -> io::Result<Self> {
        let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?; // nginx cannot choose one itself
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("nginx-{}", process::id()));
        fs::create_dir_all(&folder)?;
        let configuration = format!(
            "daemon off; worker_processes {workers}; pid nginx.pid; error_log stderr crit;
            events {{ worker_connections 1024; }}
            http {{
                access_log off; keepalive_requests 1000000000; client_body_temp_path b; proxy_temp_path p;
                fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
                server {{
                    listen {free} reuseport;
                    location / {{ default_type text/plain; return 200 \"12345\"; }}
                }}
            }}"
        );
        fs::write(folder.join("nginx.conf"), configuration)?;
        let mut command = Command::new("nginx");
        command.arg("-p").arg(&folder).arg("-c").arg(folder.join("nginx.conf")).args(["-e", "stderr"]);
        let child = command.stdin(Stdio::null()).spawn().inspect_err(|_| drop(fs::remove_dir_all(&folder)))?;
        let server = Self { handle: Handle::Other(child, Some(folder)), address: free };
        let started = Instant::now();
        while TcpStream::connect(free).is_err() {
            if started.elapsed() > Duration::from_secs(10) {
                return Err(io::Error::other("it did not listen"));
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(server)
    }

    /// The primary and its workers.
    fn processes(&self) -> io::Result<Vec<u32>> {
        let primary = match &self.handle {
            Handle::Ours(cluster) => cluster.primary(),
            Handle::Other(child, _) => child.id(),
        };
        let mut processes = vec![primary];
        for task in fs::read_dir(format!("/proc/{primary}/task"))? {
            let children = fs::read_to_string(task?.path().join("children"))?;
            processes.extend(children.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
        }
        Ok(processes)
    }

    /// CPU time so far of all its threads, in nanoseconds (`schedstat`, proc(5)).
    fn cpu_time(&self) -> io::Result<u64> {
        let mut sum = 0;
        for pid in self.processes()? {
            for task in fs::read_dir(format!("/proc/{pid}/task"))? {
                let Ok(times) = fs::read_to_string(task?.path().join("schedstat")) else { continue }; // it just ended
                sum += times.split(' ').next().and_then(|time| time.parse::<u64>().ok()).unwrap_or(0);
            }
        }
        Ok(sum)
    }

    fn load(&self, seconds: u64, options: &[&str]) -> io::Result<Sample> {
        let before = self.cpu_time()?;
        let mut command = Command::new("wrk");
        command.args(["-t2", &format!("-c{CONNECTIONS}"), &format!("-d{seconds}s"), "--latency"]).args(options);
        let output = command.arg(format!("http://{}/", self.address)).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let cpu = self.cpu_time()? - before;
        let number = |line: &str| line.split_whitespace().find_map(|word| word.parse::<f64>().ok());
        let find = |what: &str| text.lines().find(|line| line.contains(what));
        if let Some(errors) = find("Socket errors").or(find("Non-2xx")) {
            println!("{}: {}", self.address, errors.trim());
        }
        let missing = || io::Error::other(format!("wrk said something else: {text}"));
        let requests = find(" requests in ").and_then(number).ok_or_else(missing)?;
        let rate = find("Requests/sec:").and_then(number).ok_or_else(missing)?;
        let p99 = find(" 99% ").and_then(|line| milliseconds(line.split_whitespace().last()?)).ok_or_else(missing)?;
        Ok(Sample { rate, cpu: cpu as f64 / 1e3 / requests, p99 })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Handle::Other(child, folder) = &mut self.handle {
            let _ = kill(Pid::from_raw(child.id() as i32), Signal::SIGTERM);
            let _ = child.wait();
            let _ = folder.as_ref().map(fs::remove_dir_all);
        }
    }
}

/// A time as wrk writes it: `512.00us`, `1.20ms`, `2.00s`.
fn milliseconds(text: &str) -> Option<f64> {
    let unit = text.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    let scale = match unit {
        "us" => 1e-3,
        "ms" => 1.0,
        "s" => 1e3,
        _ => return None,
    };
    Some(text.strip_suffix(unit)?.parse::<f64>().ok()? * scale)
}
