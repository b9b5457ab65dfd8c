//! The servers that are compared: each a process with children, its CPU time, and what wrk sees of it.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{self, Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use cluster::client::cluster::Cluster;
use cluster::schedule::Schedule;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How many wrk has open.
pub(crate) const CONNECTIONS: usize = 64;

const NODE: &str = include_str!("server.js");

/// What one run of wrk saw.
pub(crate) struct Sample {
    /// Requests a second.
    pub(crate) rate: f64,
    /// CPU time of all the server's processes for a request, in microseconds.
    pub(crate) cpu: f64,
    /// The 99th percentile of the latency, in milliseconds.
    pub(crate) p99: f64,
}

enum Handle {
    Ours(Cluster),
    Other(Child, Option<PathBuf>),
}

/// A server that runs; dropped, it ends.
pub(crate) struct Server {
    handle: Handle,
    address: SocketAddr,
}

impl Server {
    pub(crate) fn ours(workers: usize, schedule: Schedule) -> io::Result<Self> {
        let cluster = Cluster::start(env!("CARGO_BIN_EXE_cluster").as_ref(), workers, schedule)?;
        let address = cluster.address();
        Ok(Self { handle: Handle::Ours(cluster), address })
    }

    pub(crate) fn node(workers: usize) -> io::Result<Self> {
        let mut command = Command::new("node");
        command.args(["-e", NODE, &workers.to_string()]);
        Self::that_prints_its_port(command)
    }

    pub(crate) fn floor(how: &str) -> io::Result<Self> {
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

    pub(crate) fn nginx(workers: usize) -> io::Result<Self> {
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

    pub(crate) fn load(&self, seconds: u64, options: &[&str]) -> io::Result<Sample> {
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
