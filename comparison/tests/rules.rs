//! Every rule, of all 14 rows and for both subjects, with samples that must break it. The arms are those that a quick
//! run really emitted; a test changes some of them and looks at the verdict.

use comparison::claims::Verdict;

mod samples;
use samples::{judged, report, set};

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
        &[("architecture.pool", "", 1.0), ("architecture.callbacks", "thread: threads added", 4.0)],
        Contradicted,
    ),
    broken("libuv Thread Pool", true, &[("node.architecture", "node thread: threads added by network", 1.0)], Depends),
    broken("Worker Threads", false, &[("architecture.workers", "thread: threads added", 0.0)], Depends),
    broken("Worker Threads", true, &[("node.architecture", "node thread: process ids", 3.0)], Depends),
    broken("Child Processes", false, &[("architecture.processes", "process: process ids", 1.0)], Depends),
    broken("Child Processes", true, &[("node.memory", "node process: object sent", 1.0)], Depends),
    broken(
        "Child Processes",
        true,
        &[
            ("node.architecture", "node process: process ids", 1.0),
            ("node.cluster", "", 1.0),
            ("node.memory", "node process: object sent", 1.0),
        ],
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
    broken("Use in Node.js", false, &[("architecture.processes", "process: process ids", 1.0)], Depends),
    broken(
        "Use in Node.js",
        true,
        &[
            ("node.architecture", "node process: process ids", 1.0),
            ("node.architecture", "node thread: process ids", 3.0),
            ("node.architecture", "node thread: thread ids", 1.0),
        ],
        Contradicted,
    ),
    broken("Performance", false, &[("loop_delay.10ms", "", 2e7)], Contradicted),
    broken("Performance", true, &[("node.isolation", "", 2e7), ("node.loop_delay.10ms", "", 2e7)], Contradicted),
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

/// A sentence that stays as it is when its rule is broken would say what was not seen.
#[test]
fn every_answer_follows_the_samples() {
    let whole = report();
    for case in CASES {
        let mut report = report();
        for (id, arm, value) in case.arms {
            set(&mut report, id, arm, [*value; 3]);
        }
        let (broken, row) = (judged(report, case.key), whole.rows().find(|row| row.key == case.key).unwrap());
        let answers = match case.node {
            true => [broken.node.unwrap().answer, row.node.as_ref().unwrap().answer.clone()],
            false => [broken.rust.answer, row.rust.answer.clone()],
        };
        assert_ne!(answers[0], answers[1], "{} {:?}", case.key, case.arms);
    }
}

#[test]
fn each_of_the_14_rows_has_a_case() {
    let report = report();
    for row in report.rows() {
        assert!(
            row.key == "Communication" || CASES.iter().any(|case| case.key == row.key && !case.node),
            "{}",
            row.key
        );
        assert!(CASES.iter().any(|case| case.key == row.key && case.node), "{} of Node.js", row.key);
    }
}
