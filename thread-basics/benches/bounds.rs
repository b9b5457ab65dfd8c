//! What the chapter's operations cost, against pthreads and futexes, and against the real Node.js: `cargo bench -p
//! thread-basics`. Arms take turns within one run; ratios are of medians.

use std::env;
use std::hint::black_box;
use std::io;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::Instant;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::{Pid, gettid};
use thread_basics::spawn::start_and_join;
use thread_basics::worker::{Port, Worker};

use futex::Turn;
use parked::ParkedEcho;

mod futex;
mod parked;
mod plain_c;

/// The argument with which this program runs itself again.
const LIKE_FOR_LIKE: &str = "like-for-like";

fn main() -> io::Result<()> {
    pin(0, 0)?;
    if env::args().any(|arg| arg == LIKE_FOR_LIKE) {
        let pthread = "pthread in C, neither with one";
        let bound = At::Most(1.1);
        return compare("spawn, join", start_and_join, pthread, plain_c::create_and_join, 5000, bound).map(drop);
    }
    println!("median of A   median of B   A / B    bound     A against B");
    spawn_and_join()?;
    round_trips("on one CPU", 0)?;
    match pin(0, 1).and_then(|()| pin(0, 0)) {
        Ok(()) => round_trips("on two CPUs", 1)?,
        Err(_) => println!("left out: one CPU only (round trips on two)"),
    }
    first_message()
}

/// Rust's runtime gives each thread a signal stack (`mmap`, `mprotect`, `sigaltstack`, `munmap`), on which to say that
/// its stack overflowed; a pthread has none. It does not where `SIGSEGV` and `SIGBUS` were spoken for when the program
/// started: so this program runs itself again with both ignored, and the bound is judged where both do the same.
fn spawn_and_join() -> io::Result<()> {
    let pthread = "pthread in C, which has no signal stack";
    compare("spawn, join", start_and_join, pthread, plain_c::create_and_join, 5000, At::Any)?;
    let mut again = Command::new("/proc/self/exe");
    plain_c::ignore_faults(again.arg(LIKE_FOR_LIKE));
    if again.status()?.success() { Ok(()) } else { Err(io::Error::other("the second run failed")) }
}

/// A message to a thread on the CPU with that number among ours and back: over a worker's channels, whose receivers
/// wait in `recv`; over channels whose receivers park; and by a futex.
///
/// That the workers wait in plain `recv` is the simplification that has changed a bound, on one CPU only. A send of the
/// standard channel wakes its receiver while it holds a lock. On one CPU the receiver runs at once, spins on that lock,
/// and sleeps again until the sender has released it.
fn round_trips(place: &str, cpu: usize) -> io::Result<()> {
    let bound_of_recv = if cpu == 0 { 1.75 } else { 1.5 };
    let echo = Worker::start("echo", cpu, |cpu, port: Port<u64, u64>| {
        let _ = pin(gettid().as_raw(), cpu);
        while let Some(message) = port.receive() {
            port.post(message);
        }
    })?;
    let parked_echo = ParkedEcho::start(move || {
        let _ = pin(gettid().as_raw(), cpu);
    })?;
    let turn = Turn::default();
    let done = AtomicBool::new(false);
    let with_recv = || {
        echo.post(7);
        echo.receive().map(drop).ok_or_else(|| io::Error::other("the worker is gone"))
    };
    let by_futex = || {
        turn.give(1);
        turn.wait(2);
        Ok(())
    };
    thread::scope(|scope| {
        thread::Builder::new().spawn_scoped(scope, || {
            let _ = pin(gettid().as_raw(), cpu);
            while !done.load(SeqCst) {
                turn.wait(1);
                turn.give(2);
            }
        })?;
        let recv = format!("recv {place}");
        let park = format!("try_recv and park {place}");
        let parked = || parked_echo.round_trip();
        let compared = compare(&recv, with_recv, "futex", by_futex, 10_000, At::Most(bound_of_recv))
            .and_then(|_| compare(&park, parked, "futex", by_futex, 10_000, At::Most(1.5)))
            .and_then(|_| compare(&recv, with_recv, "try_recv and park", parked, 10_000, At::Any));
        done.store(true, SeqCst);
        turn.give(1);
        let cost = compared?;
        println!("  The chapter's workers wait in plain recv, which is simpler than try_recv and park: {place} a");
        println!("  round trip takes {cost:.2} times as long (a send wakes its receiver while it holds a lock).");
        Ok(())
    })
}

/// From the start of a worker to its first message. On all CPUs, for Node.js uses several threads.
fn first_message() -> io::Result<()> {
    allow_all_cpus()?;
    const NODE: &str = "const { Worker } = require('worker_threads');
        const next = (left) => {
          if (left === 0) return;
          const start = process.hrtime.bigint();
          const worker = new Worker(\"require('worker_threads').parentPort.postMessage(1)\", { eval: true });
          worker.once('message', () => console.log(Number(process.hrtime.bigint() - start)));
          worker.once('exit', () => next(left - 1));
        };
        next(20);";
    let Some(node) = node(NODE) else {
        println!("left out: node is not installed (first message of a worker)");
        return Ok(());
    };
    let mut own = Vec::new();
    for _ in 0..200 {
        let begun = Instant::now();
        let worker = Worker::start("first", (), |(), port: Port<(), u32>| port.post(1))?;
        assert_eq!(worker.receive(), Some(1));
        own.push(begun.elapsed().as_nanos() as f64);
        worker.join().map_err(|panicked| io::Error::other(panicked.0))?;
    }
    report("node's Worker", node, "Worker", own, ", first message", At::Least(100.0));
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
    Any,
}

/// Times both in turn, in batches of a fiftieth, and reports the ratio. Returns it, too.
fn compare(
    a: &str,
    mut run_a: impl FnMut() -> io::Result<()>,
    b: &str,
    mut run_b: impl FnMut() -> io::Result<()>,
    times: u32,
    bound: At,
) -> io::Result<f64> {
    let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
    for round in 0..52 {
        let (first, second) = (time_each(times / 50, &mut run_a)?, time_each(times / 50, &mut run_b)?);
        if round >= 2 {
            of_a.push(first);
            of_b.push(second);
        }
    }
    Ok(report(a, of_a, b, of_b, "", bound))
}

fn time_each(times: u32, run: &mut impl FnMut() -> io::Result<()>) -> io::Result<f64> {
    let start = Instant::now();
    for _ in 0..times {
        black_box(run()?);
    }
    Ok(start.elapsed().as_nanos() as f64 / f64::from(times))
}

fn report(a: &str, mut of_a: Vec<f64>, b: &str, mut of_b: Vec<f64>, what: &str, bound: At) -> f64 {
    let median = |samples: &mut Vec<f64>| {
        samples.sort_by(f64::total_cmp);
        samples[samples.len() / 2]
    };
    let (a_ns, b_ns) = (median(&mut of_a), median(&mut of_b));
    let ratio = a_ns / b_ns;
    let (kept, bound) = match bound {
        At::Most(most) => (Some(ratio <= most), format!("<= {most}")),
        At::Least(least) => (Some(ratio >= least), format!(">= {least}")),
        At::Any => (None, "none".to_owned()),
    };
    let verdict = kept.map_or("no bound", |kept| if kept { "ok" } else { "missed" });
    println!(
        "{:8.1} µs   {:8.1} µs   {ratio:6.2}   {bound:<8}  {a} against {b}{what}: {verdict}",
        a_ns / 1e3,
        b_ns / 1e3
    );
    ratio
}

/// Keeps a thread (0: the caller) on the CPU with that number among those this process began with. Left to the
/// scheduler, the same round trip takes 6 µs or 40 µs.
fn pin(tid: i32, number: usize) -> io::Result<()> {
    static ALLOWED: std::sync::OnceLock<Vec<usize>> = std::sync::OnceLock::new();
    let allowed = ALLOWED.get_or_init(|| {
        let set = sched_getaffinity(Pid::from_raw(0)).unwrap_or_default();
        (0..CpuSet::count()).filter(|&cpu| set.is_set(cpu).unwrap_or(false)).collect()
    });
    let cpu = *allowed.get(number).ok_or_else(|| io::Error::other(format!("there is no CPU number {number}")))?;
    let mut one = CpuSet::new();
    one.set(cpu)?;
    Ok(sched_setaffinity(Pid::from_raw(tid), &one)?)
}

fn allow_all_cpus() -> io::Result<()> {
    let mut all = CpuSet::new();
    for cpu in 0..CpuSet::count() {
        all.set(cpu)?; // the kernel leaves out what there is not
    }
    Ok(sched_setaffinity(Pid::from_raw(0), &all)?)
}
