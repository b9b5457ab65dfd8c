//! Every rule, of all 14 rows and for both subjects, with samples that must break it. The arms are those that a quick
//! run really emitted (`data/quick.json`); a test changes some of them and looks at the verdict.

use std::path::Path;

use comparison::claims::{Row, Verdict};
use comparison::measure::samples::Arm;
use comparison::report::saved;
use comparison::report::schema::Report;

fn report() -> Report {
    saved::load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/quick.json"))).unwrap()
}

/// Gives the arms of an experiment whose names begin so these values: one for each of three processes.
fn set(report: &mut Report, id: &str, arm: &str, by_process: [f64; 3]) {
    let experiment = report.experiments.iter_mut().find(|one| one.id == id).unwrap_or_else(|| panic!("no {id}"));
    let mut changed = 0;
    for of in experiment.arms.iter_mut().filter(|of| of.name.starts_with(arm)) {
        *of = Arm::new(&of.name.clone(), &of.unit.clone(), by_process.map(|value| vec![value; 3]).to_vec());
        changed += 1;
    }
    assert!(changed > 0, "{id} has no arm '{arm}'");
}

fn judged(report: Report, key: &str) -> Row {
    report.recomputed().rows().map(|(_, row)| row.clone()).find(|row| row.key == key).unwrap()
}

/// What must come of it.
struct Broken {
    key: &'static str,
    node: bool,
    arms: &'static [(&'static str, &'static str, f64)],
    verdict: Verdict,
}

const fn broken(
    key: &'static str,
    node: bool,
    arms: &'static [(&'static str, &'static str, f64)],
    verdict: Verdict,
) -> Broken {
    Broken { key, node, arms, verdict }
}

use Verdict::{Contradicted, Depends, Supported};

const CASES: &[Broken] = &[
    broken("Event Loop", false, &[("architecture.callbacks", "thread: threads that ran", 3.0)], Depends),
    broken(
        "Event Loop",
        false,
        &[("architecture.callbacks", "thread: threads that ran", 3.0), ("architecture.waits", "", 5e7)],
        Contradicted,
    ),
    broken("Event Loop", true, &[("node.architecture", "node thread: threads that ran", 2.0)], Depends),
    broken("Event Loop", true, &[("node.waits", "", 5e7)], Depends),
    broken("libuv Thread Pool", false, &[("architecture.pool", "thread: kinds of work", 2.0)], Depends),
    broken(
        "libuv Thread Pool",
        false,
        &[("architecture.pool", "", 1.0), ("architecture.callbacks", "thread: threads of the process", 5.0)],
        Contradicted,
    ),
    broken("libuv Thread Pool", true, &[("node.architecture", "node thread: threads added by network", 1.0)], Depends),
    broken("Worker Threads", false, &[("architecture.workers", "thread: threads with two", 1.0)], Depends),
    broken("Worker Threads", true, &[("node.architecture", "node thread: process ids", 3.0)], Depends),
    broken("Child Processes", false, &[("architecture.processes", "process: process ids", 1.0)], Depends),
    broken("Child Processes", true, &[("node.memory", "node process: object sent", 1.0)], Depends),
    broken(
        "Child Processes",
        true,
        &[("node.cluster", "", 1.0), ("node.memory", "node process: object sent", 1.0)],
        Contradicted,
    ),
    broken("Memory", false, &[("memory.visible", "process: private memory", 1.0)], Depends),
    broken(
        "Memory",
        false,
        &[("memory.visible", "process: private", 1.0), ("memory.visible", "thread: shared heap", 0.0)],
        Contradicted,
    ),
    broken("Memory", true, &[("node.memory", "node thread: object posted", 1.0)], Supported),
    broken("Communication", true, &[("node.communication.two_cpus", "node", 1e5)], Depends),
    broken(
        "Communication",
        true,
        &[("node.communication.two_cpus", "", 1e5), ("node.communication.same_cpu", "", 1e5)],
        Contradicted,
    ),
    broken("Overhead", false, &[("overhead.create", "", 1e5)], Depends),
    broken("Overhead", false, &[("overhead.create", "", 1e5), ("overhead.memory", "", 100.0)], Contradicted),
    broken(
        "Overhead",
        true,
        &[
            ("node.create", "node process", 9e7),
            ("node.create", "node thread", 3e7),
            ("node.create", "control", 3e7),
            ("node.footprint", "node process", 9000.0),
            ("node.footprint", "node thread", 3000.0),
        ],
        Supported,
    ),
    broken("Crashing effect", false, &[("crash.survivors", "process: abort", 0.0)], Depends),
    broken("Crashing effect", false, &[("crash.survivors", "thread", 1.0)], Depends),
    broken(
        "Crashing effect",
        false,
        &[("crash.survivors", "thread", 1.0), ("crash.survivors", "process: exit", 0.0)],
        Contradicted,
    ),
    broken("Crashing effect", true, &[("node.crash", "node thread", 1.0)], Depends),
    broken("Use in Node.js", false, &[("use.modules", "process", 0.0)], Depends),
    broken(
        "Use in Node.js",
        true,
        &[
            ("node.modules", "node process", 0.0),
            ("node.modules", "node thread: Worker has another process", 1.0),
            ("node.modules", "node thread: Worker has another thread", 0.0),
        ],
        Contradicted,
    ),
    broken("Performance", false, &[("cpu.speed_up", "", 2e7)], Contradicted),
    broken("Performance", true, &[("node.isolation", "", 2e7), ("node.speed_up", "", 2e7)], Contradicted),
    broken("CPU-intensive operations", false, &[("loop_delay.10ms", "", 2e7)], Contradicted),
    broken(
        "CPU-intensive operations",
        false,
        &[("loop_delay.10ms", "", 9e7), ("loop_delay.10ms", "thread: one per task", 1e6)],
        Supported,
    ),
    broken("CPU-intensive operations", true, &[("node.loop_delay.10ms", "", 2e7)], Contradicted),
    broken("Running another Node.js script", false, &[("scenario.another_program", "thread", 1.0)], Depends),
    broken("Running another Node.js script", false, &[("scenario.another_program", "process", 0.0)], Depends),
    broken("Running another Node.js script", true, &[("node.another_script", "node thread", 0.0)], Supported),
    broken(
        "Parallel file I/O or background tasks",
        false,
        &[("scenario.file_io", "thread: pool of 4: total", 9e7)],
        Depends,
    ),
    broken(
        "Parallel file I/O or background tasks",
        true,
        &[("node.file_io", "", 1e7), ("node.file_io", "node thread: pool, fs.read: total", 9e7)],
        Contradicted,
    ),
    broken("Isolated execution with crash safety", false, &[("crash.survivors", "thread", 1.0)], Depends),
    broken("Isolated execution with crash safety", true, &[("node.crash", "node process", 0.0)], Contradicted),
];

#[test]
fn every_rule_is_broken_by_samples_that_must_break_it() {
    for case in CASES {
        let mut report = report();
        for (id, arm, value) in case.arms {
            set(&mut report, id, arm, [*value; 3]);
        }
        let row = judged(report, case.key);
        let judgement = if case.node { row.node.unwrap() } else { row.rust };
        assert_eq!(judgement.verdict, case.verdict, "{} {:?}: {}", case.key, case.arms, judgement.why);
    }
}

#[test]
fn each_of_the_14_rows_has_a_case() {
    let report = report();
    for (_, row) in report.rows() {
        assert!(
            row.key == "Communication" || CASES.iter().any(|case| case.key == row.key && !case.node),
            "{}",
            row.key
        );
        assert!(CASES.iter().any(|case| case.key == row.key && case.node), "{} of Node.js", row.key);
    }
}

/// Makes every way between processes as slow as `by` says in each setting, against threads that take 10 µs.
fn communication(by: impl Fn(usize) -> f64) -> Row {
    let mut report = report();
    let ids: Vec<String> = report.experiments.iter().map(|one| one.id.clone()).collect();
    let settings = ids.iter().filter(|id| id.starts_with("communication.round_trip"));
    for (place, id) in settings.enumerate() {
        set(&mut report, id, "", [1e4; 3]);
        set(&mut report, id, "process", [1e4 * by(place); 3]);
    }
    judged(report, "Communication")
}

/// A mean over the settings would call 0.5 and 2.0 "no difference", and 15 beside two times 1 "slower".
#[test]
fn settings_are_judged_one_by_one() {
    assert_eq!(communication(|_| 3.0).rust.verdict, Supported);
    assert_eq!(communication(|_| 1.0).rust.verdict, Contradicted);
    assert_eq!(communication(|place| [0.5, 2.0][place % 2]).rust.verdict, Depends);
    let row = communication(|place| if place == 0 { 15.0 } else { 1.0 });
    assert_eq!(row.rust.verdict, Depends);
    assert!(row.rust.why.contains("64 B, one CPU") && row.rust.why.contains("Does not hold"), "{}", row.rust.why);
}

/// Of one process the samples are as narrow as can be; the three processes disagree.
#[test]
fn processes_that_disagree_leave_a_row_unresolved() {
    let mut report = report();
    set(&mut report, "cpu.speed_up", "", [2e7; 3]);
    set(&mut report, "cpu.speed_up", "thread: one per CPU", [1e7, 1.5e7, 2.1e7]);
    assert_eq!(judged(report, "Performance").rust.verdict, Verdict::Unresolved);
}

#[test]
fn imprecise_and_precisely_near_the_limit_have_remedies_of_their_own() {
    let why = |threads: [f64; 3]| {
        let mut report = report();
        set(&mut report, "cpu.speed_up", "", [2.4e7; 3]);
        set(&mut report, "cpu.speed_up", "thread: one per CPU", threads);
        judged(report, "Performance").rust.why
    };
    assert!(why([2e7, 2.02e7, 1.98e7]).contains("precisely near 1.2"), "{}", why([2e7, 2.02e7, 1.98e7]));
    assert!(why([1e7, 2e7, 3e7]).contains("run in full, or again"));
}

#[test]
fn one_trial_that_miscounts_does_not_decide_and_a_count_that_varies_is_shown() {
    let mut report = report();
    let pool = report.experiments.iter_mut().find(|one| one.id == "architecture.callbacks").unwrap();
    let arm = pool.arms.iter_mut().find(|arm| arm.name.starts_with("thread: threads of the process")).unwrap();
    let mut samples = vec![vec![1.0; 7]; 3];
    samples[1][3] = 2.0;
    *arm = Arm::new(&arm.name.clone(), "count", samples);
    let row = judged(report, "libuv Thread Pool");
    assert_eq!(row.rust.verdict, Supported);
    assert!(row.rust.why.contains("(in 20 of 21 trials)"), "{}", row.rust.why);
}

#[test]
fn beside_a_busy_neighbour_nothing_is_equivalent_and_the_row_says_what_to_close() {
    let mut report = report();
    set(&mut report, "cpu.speed_up", "", [2e7; 3]);
    let experiment = report.experiments.iter_mut().find(|one| one.id == "cpu.speed_up").unwrap();
    experiment.others.cpus = 0.9;
    experiment.others.most = Some("compiler".to_owned());
    let row = judged(report, "Performance");
    assert!(row.rust.why.contains("compiler") && row.rust.why.contains("Unclear"), "{}", row.rust.why);
}
