//! A service to test: `cluster serve` in a separate process, its output, its workers; and a deadline for everything.

#![allow(dead_code)] // every test program uses a part of this

pub(crate) mod client;
pub(crate) mod load;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use cluster::support::inherited;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_cluster");

/// What a test may take. The slowest takes a few seconds.
const DEADLINE: Duration = Duration::from_secs(60);

/// Runs a test's body, and fails when it does not end.
pub(crate) fn within_deadline<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, end) = mpsc::channel();
    let thread = thread::spawn(move || {
        let result = body();
        let _ = done.send(());
        result
    });
    if let Err(RecvTimeoutError::Timeout) = end.recv_timeout(DEADLINE) {
        panic!("the test did not end within {DEADLINE:?}");
    }
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Waits for a condition, as long as a test may take.
pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + DEADLINE;
    while !condition() {
        assert!(Instant::now() < end, "within {DEADLINE:?} it did not happen that {what}");
        thread::park_timeout(Duration::from_millis(1)); // the CPU is for the processes that it waits for
    }
}

/// Runs the body for each case, all at the same time.
pub(crate) fn for_each<T: Copy + Send + 'static>(cases: &[T], body: impl Fn(T) + Copy + Send + 'static) {
    thread::scope(|scope| {
        for case in cases.iter().copied() {
            scope.spawn(move || within_deadline(move || body(case)));
        }
    });
}

/// Has the program hear SIGHUP, also where the tests run under nohup.
pub(crate) fn hear_hangups(command: &mut Command) {
    let stop_ignoring = || {
        inherited::stop_ignoring(Signal::SIGHUP);
        Ok(())
    };
    // SAFETY: between fork and exec it makes two system calls, and takes no lock.
    unsafe { command.pre_exec(stop_ignoring) };
}

pub(crate) struct Service {
    child: Child,
    out: BufReader<ChildStdout>,
    /// What it said on standard error so far, read as it is written.
    err: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
    pub(crate) address: SocketAddr,
}

/// How a service ended, and what it printed after the line with its address.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Service {
    pub(crate) fn start(workers: usize, schedule: &str) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(["serve", "--port", "0", "--workers", &workers.to_string(), "--schedule", schedule]);
        Self::from(command)
    }

    /// With more options.
    pub(crate) fn with(options: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.arg("serve").args(options);
        Self::from(command)
    }

    pub(crate) fn from(mut command: Command) -> Self {
        hear_hangups(&mut command);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let port = line.strip_prefix("listening on 127.0.0.1:").and_then(|rest| rest.strip_suffix('\n'));
        let Some(port) = port.and_then(|port| port.parse::<u16>().ok()) else {
            let _ = child.kill();
            let mut err = String::new();
            let _ = child.stderr.take().unwrap().read_to_string(&mut err);
            let _ = child.wait();
            panic!("the first line is '{line}'; on standard error: '{err}'");
        };
        let err = Arc::new(Mutex::new(String::new()));
        let (lines, said) = (BufReader::new(child.stderr.take().unwrap()).lines(), err.clone());
        let reader =
            thread::spawn(move || lines.map_while(Result::ok).for_each(|line| *said.lock().unwrap() += &(line + "\n")));
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let service = Self { child, out, err, reader: Some(reader), address };
        // All workers listen by now, but what it says of that may still be on its way. A test that counts lines begins
        // when all of these are read.
        let workers = service.workers().len();
        wait_until("each worker was said to listen", || service.said(" listening") >= workers);
        service
    }

    /// How many lines with this it has written to standard error.
    pub(crate) fn said(&self, what: &str) -> usize {
        self.err.lock().unwrap().lines().filter(|line| line.contains(what)).count()
    }

    /// Waits until it has written a line with this to standard error.
    pub(crate) fn wait_for(&self, what: &str) {
        self.wait_for_after(0, what);
    }

    /// The same, after so many bytes; how many there are up to and with it.
    pub(crate) fn wait_for_after(&self, start: usize, what: &str) -> usize {
        let mut end = None;
        wait_until(&format!("the service says '{what}'"), || {
            end = self.err.lock().unwrap()[start..].find(what).map(|at| start + at + what.len());
            end.is_some()
        });
        end.unwrap()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The worker processes that live.
    pub(crate) fn workers(&self) -> Vec<u32> {
        children(self.pid()).into_iter().filter(|pid| lives(*pid)).collect()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        send(self.pid(), signal);
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        let mut out = String::new();
        self.out.read_to_string(&mut out).unwrap();
        self.reader.take().unwrap().join().unwrap();
        let err = self.err.lock().unwrap().clone();
        Ended { code: self.child.wait().unwrap().code(), out, err }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn send(pid: u32, signal: Signal) {
    kill(Pid::from_raw(pid as i32), signal).unwrap();
}

/// State and parent of a process, from `/proc`.
fn stat(pid: u32) -> Option<(String, u32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit(')').next()?.split_whitespace();
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}

/// The letter that the kernel has for what a process does: `T` stopped, `Z` ended and not reaped.
pub(crate) fn state(pid: u32) -> Option<String> {
    stat(pid).map(|(state, _)| state)
}

/// The process lives: it exists and is no zombie.
pub(crate) fn lives(pid: u32) -> bool {
    state(pid).is_some_and(|state| state != "Z" && state != "X")
}

/// All processes of this parent, zombies among them.
pub(crate) fn children(parent: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    all.filter(|pid| stat(*pid).is_some_and(|(_, of)| of == parent)).collect()
}
