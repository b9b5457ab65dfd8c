//! A report as a machine with two CPUs and Node.js might give it: invented, and the same each time.

#![allow(dead_code, reason = "each test uses a part")]

use std::collections::BTreeMap;

use comparison::report::{Boundary, Experiment, Machine, Mode, Others, Ratio, Report, Run, SCHEMA, Status, Verdict};
use comparison::{stats, tables};

const SIZES: [(&str, f64); 5] =
    [("64B", 64.0), ("4KiB", 4096.0), ("64KiB", 65536.0), ("1MiB", 1048576.0), ("4MiB", 4194304.0)];

pub(crate) fn report() -> Report {
    let experiments = [communication(), creation(), crash(), units(), tasks(), steps()].concat();
    let tables = answered(tables::write(&experiments));
    Report { schema: SCHEMA, machine: machine(), run: run(), experiments, tables }
}

/// The same without Node.js.
pub(crate) fn without_node() -> Report {
    let mut report = report();
    report.machine.node = None;
    for experiment in &mut report.experiments {
        experiment.arms.retain(|arm| !arm.name.contains("node"));
    }
    for row in report.tables.iter_mut().flat_map(|table| &mut table.rows) {
        row.node.clear();
    }
    report
}

fn machine() -> Machine {
    let [kernel, thp, governor] = ["6.18.0", "madvise", "performance"].map(str::to_owned);
    Machine { cpus: 2, kernel, thp, governor, node: Some("v20.20.2".to_owned()) }
}

fn run() -> Run {
    Run { mode: Mode::Full, seed: 7, started: "2026-11-01T12:00:00Z".to_owned(), seconds: 151.0 }
}

/// Rows with a verdict of each kind, an answer, and cells of Node.js.
fn answered(mut tables: Vec<comparison::report::Table>) -> Vec<comparison::report::Table> {
    let verdicts = [Verdict::Supported, Verdict::Contradicted, Verdict::Depends, Verdict::Unresolved];
    for (n, row) in tables.iter_mut().flat_map(|table| &mut table.rows).enumerate() {
        row.verdict = verdicts[n % 4];
        row.answer = format!("Answer {n} of the invented machine: 3.{n} × as long.");
        let cells = row.document.keys().map(|column| (column.clone(), format!("Node's own <cell> {n} | {column}")));
        row.node = cells.collect::<BTreeMap<_, _>>();
        row.measured.values_mut().for_each(|cell| *cell = format!("{n}.5 µs here"));
    }
    tables
}

/// Samples about a median, spread by a twentieth, in an order that looks like noise.
fn about(median: f64, count: usize) -> Vec<f64> {
    (0..count).map(|n| median * (1.0 + ((n * 37 % 101) as f64 / 101.0 - 0.5) / 10.0)).collect()
}

fn experiment(id: &str, unit: &str, arms: impl IntoIterator<Item = (String, Vec<f64>)>) -> Experiment {
    let boundary = |name: &str| match name {
        name if name.starts_with("control") => Boundary::None,
        name if name.contains("process") => Boundary::Process,
        name if name.contains("thread") => Boundary::Thread,
        _ => Boundary::None,
    };
    let arms = arms.into_iter().filter(|(_, samples)| !samples.is_empty());
    let arms = arms.map(|(name, samples)| stats::arm(&name, boundary(&name), unit, samples)).collect();
    let others = Others { cpus: 0.04, most: None };
    Experiment { arms, others, seconds: 1.5, ..Experiment::without_samples(id.to_owned(), Status::Ok, None) }
}

fn with_ratios(mut experiment: Experiment, pairs: &[[&str; 2]]) -> Experiment {
    let ratio = |of: &[&str; 2]| -> Option<Ratio> {
        let median = experiment.arm(of[0])?.median / experiment.arm(of[1])?.median;
        Some(Ratio { of: of.map(str::to_owned), median, low: 0.97 * median, high: 1.03 * median })
    };
    experiment.ratios = pairs.iter().filter_map(ratio).collect();
    experiment
}

fn communication() -> Vec<Experiment> {
    const ARMS: [(&str, f64, f64); 17] = [
        ("thread: spinning word", 120.0, 0.0),
        ("process: spinning word", 125.0, 0.0),
        ("thread: futex", 5_000.0, 0.0),
        ("process: futex", 5_300.0, 0.0),
        ("thread: shared memory", 5_400.0, 0.10),
        ("process: shared memory", 5_600.0, 0.11),
        ("thread: pipe", 6_400.0, 0.8),
        ("process: pipe", 6_500.0, 0.8),
        ("thread: socketpair", 10_200.0, 0.6),
        ("process: socketpair", 10_300.0, 0.6),
        ("thread: channel", 4_100.0, 0.0),
        ("thread: channel, cloned", 4_300.0, 0.2),
        ("process: ipc-channel", 15_000.0, 5.0),
        ("node thread: postMessage", 21_000.0, 1.2),
        ("node thread: SharedArrayBuffer", 9_000.0, 0.2),
        ("node process: send", 60_000.0, 8.0),
        ("control: thread: pipe, again", 6_420.0, 0.8),
    ];
    let mut experiments = Vec::new();
    for (placement, slower) in [("same_cpu", 1.0), ("two_cpus", 5.0)] {
        for (size, bytes) in SIZES {
            let there = |name: &str| match name {
                name if name.contains("spinning") => size == "64B" && placement == "two_cpus",
                name if name.contains("futex") => size == "64B",
                _ => true,
            };
            let slower = |name: &str| if name.contains("spinning") { 1.0 } else { slower };
            let arms = ARMS.iter().filter(|(name, ..)| there(name));
            let arms =
                arms.map(|(name, fixed, byte)| ((*name).to_owned(), about(slower(name) * fixed + byte * bytes, 60)));
            let id = format!("communication.round_trip.{size}.{placement}");
            let pairs = [
                ["process: pipe", "thread: pipe"],
                ["process: ipc-channel", "thread: channel"],
                ["control: thread: pipe, again", "thread: pipe"],
            ];
            experiments.push(with_ratios(experiment(&id, "ns", arms), &pairs));
        }
    }
    experiments
}

fn creation() -> Vec<Experiment> {
    let arms = |huge: f64, mib: f64| {
        let arms = [
            ("thread", 40_000.0),
            ("process: fork", 100_000.0 + 25_000.0 * mib / huge),
            ("process: spawned program", 660_000.0),
            ("process: vfork", 33_000.0),
            ("control: thread, again", 40_100.0),
            ("node thread: Worker", 23e6),
            ("node process: fork", 66e6),
        ];
        arms.map(|(name, ns)| (name.to_owned(), about(ns, 60)))
    };
    let pairs = [
        ["process: fork", "thread"],
        ["process: spawned program", "thread"],
        ["process: spawned program", "process: fork"],
        ["control: thread, again", "thread"],
    ];
    let mut create: Vec<_> = arms(1.0, 1.0).into();
    for (n, sample) in create[0].1.iter_mut().enumerate() {
        *sample *= if n > 40 { 1.5 } else { 1.0 }; // drifts
    }
    create[2].1[7] *= 40.0; // an outlier
    let mut experiments = vec![with_ratios(experiment("overhead.create", "ns", create), &pairs)];
    for (pages, huge) in [("small_pages", 1.0), ("huge_pages", 39.0)] {
        for (size, mib) in [("1MiB", 1.0), ("64MiB", 64.0), ("256MiB", 256.0)] {
            let id = format!("overhead.by_parent.{size}.{pages}");
            experiments.push(with_ratios(experiment(&id, "ns", arms(huge, mib).into_iter().take(3)), &pairs));
        }
        let why = Some("less than 2 GiB of memory are free".to_owned());
        let id = format!("overhead.by_parent.1GiB.{pages}");
        experiments.push(Experiment::without_samples(id, Status::Skipped, why));
    }
    experiments
}

fn crash() -> Vec<Experiment> {
    let yes = |name: &str, yes: bool| (name.to_owned(), vec![f64::from(u8::from(yes)); 3]);
    let survivors =
        [("process: panic", true), ("process: abort", true), ("thread: panic", true), ("thread: abort", false)];
    let mut survivors: Vec<_> = survivors.map(|(name, alive)| yes(name, alive)).into();
    survivors.extend([yes("node thread: throw", true), yes("node process: throw", true)]);
    let mut survivors = experiment("crash.survivors", "others alive", survivors);
    for (name, ended) in [("thread: loop, stopped", false), ("process: loop, stopped", true)] {
        survivors.arms.push(stats::arm(name, Boundary::None, "victim ended", vec![f64::from(u8::from(ended)); 3]));
    }
    let mut timeline = Vec::new();
    for (unit, contained) in [("thread", false), ("process", true)] {
        for (fault, hit) in [("panic", false), ("abort", true), ("segmentation fault", true)] {
            let all_lost = hit && !contained;
            let at = |n: usize| n as f64 * 2.5;
            let (answered, lost) = (0..40).map(at).partition(|&ms| !(all_lost && (30.0..70.0).contains(&ms)));
            let named = |what: &str, samples: Vec<f64>| (format!("{unit}: {fault}: {what}"), samples);
            timeline.extend([named("answered", answered), named("lost", lost)]);
            timeline
                .extend([named("detected", vec![31.0]), named("repaired", vec![if all_lost { 70.0 } else { 33.0 }])]);
        }
    }
    vec![survivors, experiment("crash.timeline", "ms", timeline)]
}

fn units() -> Vec<Experiment> {
    let mut arms =
        vec![("serial".to_owned(), about(40e6, 40)), ("control: serial, again".to_owned(), about(40.2e6, 40))];
    for (n, gain) in [(1, 1.0), (2, 1.85), (4, 1.8)] {
        arms.push((format!("thread: {n}"), about(40e6 / gain, 40)));
        arms.push((format!("process: {n}"), about(41e6 / gain, 40)));
    }
    arms.push(("thread: rayon".to_owned(), about(22e6, 40)));
    arms.push(("process: 2, one array".to_owned(), about(60e6, 40)));
    vec![with_ratios(experiment("cpu.speed_up", "ns", arms), &[["serial", "thread: 2"], ["serial", "process: 2"]])]
}

fn tasks() -> Vec<Experiment> {
    let tasks = [("10us", 1e4), ("100us", 1e5), ("1ms", 1e6), ("10ms", 1e7), ("100ms", 1e8), ("1s", 1e9)];
    let one = |(size, ns): (&str, f64)| {
        let arms = [
            ("inline", 0.0, 1.0),
            ("control: inline, again", 0.0, 0.99),
            ("thread", 6e4, 0.001),
            ("pool", 2e4, 0.001),
            ("process", 4e5, 0.001),
        ];
        let arms = arms.into_iter().flat_map(|(name, cost, share)| {
            [
                (format!("{name}: total"), about(cost + 2.0 * ns, 12)), // two tasks
                (format!("{name}: loop delay"), about(cost + ns * share, 12)),
            ]
        });
        experiment(&format!("loop_delay.{size}"), "ns", arms)
    };
    tasks.map(one).into()
}

fn steps() -> Vec<Experiment> {
    let (mut start, mut end, mut thread) = (Vec::new(), Vec::new(), Vec::new());
    for job in 0..10_u8 {
        start.push(f64::from(job / 4) * 20.0 + f64::from(job % 4) * 0.2);
        end.push(start[usize::from(job)] + 20.0);
        thread.push(f64::from(job % 4));
    }
    let arms = [("start", start), ("end", end), ("thread", thread)].map(|(name, samples)| (name.to_owned(), samples));
    vec![experiment("architecture.pool_steps", "ms", arms)]
}
