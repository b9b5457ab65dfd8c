//! The same figures as the standard tools: `perf bench sched pipe`, and a plain loop in C.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use comparison::placement::allowed_cpus;
use comparison::report::{Experiment, Report};
use comparison::verdict::BUSY;

/// How far the two may lie apart.
const WITHIN: f64 = 1.15;
const TRIES: usize = 6;
/// Of the tool in a try: short ones, so that one of them falls between two turns of somebody else's.
const RUNS: usize = 10;

/// Both measure on the same CPU.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn measure(id: &str) -> Experiment {
    let out = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_comparison"));
    command.args(["--quick", "--no-node", "--only", id, "--out", out.path().to_str().unwrap()]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Report = serde_json::from_slice(&fs::read(out.path().join("report.json")).unwrap()).unwrap();
    report.experiments.into_iter().next().unwrap()
}

/// What a tool prints when it is kept on the CPU of our experiments; `None` when it cannot be run.
fn on_one_cpu(tool: &[&str]) -> Option<String> {
    let cpu = allowed_cpus().unwrap()[0].to_string();
    let output = Command::new("taskset").args(["-c", &cpu]).args(tool).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Takes turns with the tool, which tells µs, until the shortest times of both agree: others can only make them longer.
fn agree(id: &str, arm: &str, theirs: impl Fn() -> f64) {
    let (mut our_best, mut their_best, mut always_busy) = (f64::MAX, f64::MAX, true);
    for _ in 0..TRIES {
        let experiment = measure(id);
        always_busy &= experiment.others.cpus >= BUSY;
        our_best = our_best.min(experiment.arm(arm).unwrap().p10 / 1e3); // of ours, too, some fall between
        their_best = (0..RUNS).fold(their_best, |best, _| best.min(theirs()));
        if (1.0 / WITHIN..WITHIN).contains(&(our_best / their_best)) {
            return;
        }
    }
    let figures = format!("at best {our_best:.2} µs here, {their_best:.2} µs by the tool");
    assert!(always_busy, "{figures}");
    eprintln!("skipped: others kept the processors busy all the time ({figures})");
}

#[test]
fn a_pipe_between_processes_takes_what_perf_says() {
    let _turn = ONE_AT_A_TIME.lock();
    let bench = ["perf", "bench", "sched", "pipe", "-l", "2000"];
    let perf = || {
        let printed = on_one_cpu(&bench)?;
        printed.lines().find_map(|line| line.trim().strip_suffix("usecs/op")?.trim().parse().ok())
    };
    if perf().is_none() {
        eprintln!("skipped: perf (or taskset) is not installed, or may not run here");
        return;
    }
    agree("communication.round_trip.64B.same_cpu", "process: pipe", || perf().expect("it ran before"));
}

/// Both parents have 64 MiB, so that what else they have hardly counts.
#[test]
fn a_fork_takes_what_a_plain_loop_in_c_takes() {
    let _turn = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("forks");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/forks.c");
    let built = Command::new("cc").args(["-O2", "-o"]).args([&program, Path::new(source)]).status();
    let loop_in_c = || on_one_cpu(&[program.to_str()?, "64", "3"])?.trim().parse().ok();
    if !built.is_ok_and(|status| status.success()) || loop_in_c().is_none() {
        eprintln!("skipped: cc (or taskset) is not installed");
        return;
    }
    agree("overhead.by_parent.64MiB.small_pages", "process: fork", || loop_in_c().expect("it ran before"));
}
