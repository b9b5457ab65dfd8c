//! The same figures as the standard tools: `perf bench sched pipe`, and a plain loop in C. All samples of both are
//! used: the ratio of their medians has to lie within 15 %.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use comparison::measure::placement::allowed_cpus;
use comparison::report::schema::Report;

/// How far the two may lie apart.
const WITHIN: f64 = 1.15;
/// Turns of each.
const TURNS: usize = 7;

fn main() -> ExitCode {
    let pipe = || {
        let printed = on_one_cpu(&["perf", "bench", "sched", "pipe", "-l", "20000"])?;
        printed.lines().find_map(|line| line.trim().strip_suffix("usecs/op")?.trim().parse().ok())
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("forks");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/forks.c");
    let built = Command::new("cc").args(["-O2", "-o"]).args([&program, Path::new(source)]).status();
    let forks = || {
        let parsed = on_one_cpu(&[program.to_str()?, "64", "20"])?.trim().parse().ok();
        parsed.filter(|_| built.as_ref().is_ok_and(|status| status.success()))
    };
    let agreed = [
        agree("perf bench sched pipe", "communication.round_trip.64B.same_cpu", "process: pipe", pipe),
        agree("a loop of forks in C", "overhead.by_parent.64MiB", "process: fork", forks),
    ];
    ExitCode::from(u8::from(agreed.contains(&false)))
}

/// Takes turns with the tool, which prints µs; whether the medians of all samples agree. A tool that does not run is
/// skipped with the reason.
fn agree(tool: &str, id: &str, arm: &str, theirs: impl Fn() -> Option<f64>) -> bool {
    if theirs().is_none() {
        println!("{tool}: skipped, it is not installed or may not run here (taskset is needed, too)");
        return true;
    }
    let (mut our_samples, mut their_samples) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        our_samples.extend(ours(id, arm).into_iter().map(|ns| ns / 1e3));
        their_samples.extend(theirs());
    }
    let ours = median(&mut our_samples);
    let theirs = median(&mut their_samples);
    let ratio = ours / theirs;
    let agreed = (1.0 / WITHIN..WITHIN).contains(&ratio);
    let word = if agreed { "within" } else { "not within" };
    println!(
        "{tool}: {ours:.2} µs here ({} samples), {theirs:.2} µs there ({}): ratio {ratio:.2}, {word} {WITHIN}",
        our_samples.len(),
        their_samples.len()
    );
    agreed
}

fn median(samples: &mut [f64]) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

fn ours(id: &str, arm: &str) -> Vec<f64> {
    let out = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_comparison"));
    command.args(["--quick", "--no-node", "--only", id, "--out"]).arg(out.path());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(command.status().is_ok_and(|status| status.success()), "{id} was not measured");
    let json = fs::read(out.path().join("report.json")).expect("a report");
    let report: Report = serde_json::from_slice(&json).expect("a report of this version");
    report.experiments[0].arm(arm).expect("the arm").samples().collect()
}

/// What a tool prints when it is kept on the CPU of our experiments; `None` when it cannot be run.
fn on_one_cpu(tool: &[&str]) -> Option<String> {
    let cpu = allowed_cpus().ok()?[0].to_string();
    let output = Command::new("taskset").args(["-c", &cpu]).args(tool).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
