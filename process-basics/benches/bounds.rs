//! What the chapter's operations cost, against plain C calls and against the real Node.js: `cargo bench -p
//! process-basics`. Arms take turns within one run; ratios are of medians.

use std::ffi::CString;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;
use process_basics::fork::fork;
use process_basics::message::{GREETER, Greeter};
use process_basics::spawn::{self, End};

mod plain_c;

const PROGRAM: &str = env!("CARGO_BIN_EXE_process-basics");

fn main() -> io::Result<()> {
    pin_to_one_cpu()?;
    println!("median of A   median of B   A / B    bound     A against B");
    let program = find_in_path("true")?;
    let c_program = CString::new(program.to_string_lossy().into_owned())?;

    let fork_once = || fork(|| 0)?.wait().and_then(ended_well);
    println!("(wait has a deadline, by a pidfd and poll(2), which the C loop has not)");
    compare("fork, wait with a deadline", fork_once, "fork in C", plain_c::fork_exit_wait, 2000, At::Most(1.1))?;
    let spawn_once = || spawn::run(&program, &[]).and_then(ended_well);
    compare("spawn::run", spawn_once, "posix_spawn in C", || plain_c::spawn_wait(&c_program), 400, At::Most(1.1))?;
    round_trips()?;
    first_message()
}

/// A typed message of 64 bytes over ipc-channel, and as many bytes over a raw pair of sockets; both children on this CPU.
/// The bound was 2.0 for bytes without serialization and without a deadline; `message::Peer` has both.
fn round_trips() -> io::Result<()> {
    let echo = Greeter::start(Path::new(PROGRAM), GREETER)?;
    let [ours, theirs] = plain_c::socketpair()?.map(File::from);
    let (mut ours, mut theirs) = (ours, theirs);
    let peer = fork(|| {
        let mut bytes = [0; 64];
        while theirs.read_exact(&mut bytes).is_ok() && theirs.write_all(&bytes).is_ok() {}
        0
    })?;
    let mut bytes = [7; 64];
    let name = "x".repeat(64);
    let over_channel = || echo.ask(name.clone()).map(|(text, _)| assert_eq!(text.len(), 7 + 64));
    let over_socket = || ours.write_all(&bytes).and_then(|()| ours.read_exact(&mut bytes));
    compare("message::Peer 64 B", over_channel, "socketpair", over_socket, 10_000, At::Most(2.0))?;
    drop(peer);
    Ok(())
}

/// From the start of a child to its first message. On all CPUs, for Node.js uses several threads.
fn first_message() -> io::Result<()> {
    allow_all_cpus()?;
    const NODE: &str = "const { fork } = require('child_process');
        const next = (left) => {
          if (left === 0) return;
          const start = process.hrtime.bigint();
          const child = fork('/dev/null', [], { execArgv: ['-e', 'process.send(1); process.disconnect()'] });
          child.once('message', () => console.log(Number(process.hrtime.bigint() - start)));
          child.once('exit', () => next(left - 1));
        };
        next(12);";
    let Some(node) = node(NODE) else {
        println!("left out: node is not installed (first message of a child)");
        return Ok(());
    };
    let mut own = Vec::new();
    for _ in 0..50 {
        let begun = Instant::now();
        let greeter = Greeter::start(Path::new(PROGRAM), GREETER)?;
        greeter.ask("you".to_owned())?;
        own.push(begun.elapsed().as_nanos() as f64);
        greeter.finish()?;
    }
    report("node's fork", node, "Greeter", own, "first message", At::Least(20.0));
    Ok(())
}

/// What a script prints, a number a line; `None` where there is no Node.js.
fn node(script: &str) -> Option<Vec<f64>> {
    let output = Command::new("node").args(["-e", script]).stdin(Stdio::null()).output().ok()?;
    let numbers: Vec<f64> =
        String::from_utf8_lossy(&output.stdout).lines().filter_map(|line| line.parse().ok()).collect();
    (!numbers.is_empty()).then_some(numbers)
}

/// A bound on the ratio.
enum At {
    Most(f64),
    Least(f64),
}

/// Times both in turn, in batches of a fiftieth, and reports the ratio.
fn compare(
    a: &str,
    mut run_a: impl FnMut() -> io::Result<()>,
    b: &str,
    mut run_b: impl FnMut() -> io::Result<()>,
    times: u32,
    bound: At,
) -> io::Result<()> {
    let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
    for round in 0..52 {
        let (first, second) = (time_each(times / 50, &mut run_a)?, time_each(times / 50, &mut run_b)?);
        if round >= 2 {
            of_a.push(first);
            of_b.push(second);
        }
    }
    report(a, of_a, b, of_b, "", bound);
    Ok(())
}

fn time_each(times: u32, run: &mut impl FnMut() -> io::Result<()>) -> io::Result<f64> {
    let start = Instant::now();
    for _ in 0..times {
        black_box(run()?);
    }
    Ok(start.elapsed().as_nanos() as f64 / f64::from(times))
}

fn report(a: &str, mut of_a: Vec<f64>, b: &str, mut of_b: Vec<f64>, what: &str, bound: At) {
    let median = |samples: &mut Vec<f64>| {
        samples.sort_by(f64::total_cmp);
        samples[samples.len() / 2]
    };
    let (a_ns, b_ns) = (median(&mut of_a), median(&mut of_b));
    let ratio = a_ns / b_ns;
    let (kept, bound) = match bound {
        At::Most(most) => (ratio <= most, format!("<= {most}")),
        At::Least(least) => (ratio >= least, format!(">= {least}")),
    };
    let verdict = if kept { "ok" } else { "missed" };
    println!(
        "{:8.1} µs   {:8.1} µs   {ratio:6.2}   {bound:<8}  {a} against {b} {what}: {verdict}",
        a_ns / 1e3,
        b_ns / 1e3
    );
}

fn ended_well(end: End) -> io::Result<()> {
    if end == End::Exited(0) { Ok(()) } else { Err(io::Error::other(format!("a child that should do nothing {end}"))) }
}

fn find_in_path(name: &str) -> io::Result<std::path::PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("no program '{name}' in PATH")))
}

/// Left to the scheduler, the same round trip takes 6 µs or 40 µs.
fn pin_to_one_cpu() -> io::Result<()> {
    let allowed = sched_getaffinity(Pid::from_raw(0))?;
    let first = (0..CpuSet::count()).find(|&cpu| allowed.is_set(cpu).unwrap_or(false)).unwrap_or(0);
    let mut one = CpuSet::new();
    one.set(first)?;
    Ok(sched_setaffinity(Pid::from_raw(0), &one)?)
}

fn allow_all_cpus() -> io::Result<()> {
    let mut all = CpuSet::new();
    for cpu in 0..CpuSet::count() {
        all.set(cpu)?; // the kernel leaves out what there is not
    }
    Ok(sched_setaffinity(Pid::from_raw(0), &all)?)
}
