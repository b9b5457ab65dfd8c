//! Change reality, and the tables follow: one kind of call is slowed down from outside, and exactly what depends on it
//! changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

mod shim;

use comparison::claims::assess::BUSY;
use comparison::claims::{Row, Verdict};
use comparison::report::schema::Report;

/// How much longer a call that starts a unit takes, and one that sends a message, µs.
const START: f64 = 4000.0;
const MESSAGE: f64 = 100.0;

/// Slower calls, and what must come of it.
struct Case {
    slow: &'static str,
    only_in_children: bool,
    /// The row, and the arms that take longer by the delay at least; all others do not.
    row: &'static str,
    arms: &'static [&'static str],
    verdict: Verdict,
}

const CASES: [Case; 7] = [
    Case {
        slow: "pthread_create",
        only_in_children: false,
        row: "Overhead",
        arms: &["thread", "control: thread, again"],
        verdict: Verdict::Depends, // an idle process still needs more memory
    },
    Case {
        slow: "fork",
        only_in_children: false,
        row: "Overhead",
        arms: &["process: fork"],
        verdict: Verdict::Supported,
    },
    Case {
        slow: "posix_spawn",
        only_in_children: false,
        row: "Overhead",
        arms: &["process: another program"],
        verdict: Verdict::Supported,
    },
    Case {
        slow: "pipe",
        only_in_children: false,
        row: "Communication",
        arms: &["thread: pipe", "process: pipe", "control: thread: pipe, again"],
        verdict: Verdict::Depends,
    },
    Case {
        slow: "socket",
        only_in_children: false,
        row: "Communication",
        arms: &["thread: socketpair", "process: socketpair", "process: ipc-channel"],
        verdict: Verdict::Depends,
    },
    // Channels are built on the futex: now the usual way between threads is the slower one, too.
    Case {
        slow: "futex",
        only_in_children: false,
        row: "Communication",
        arms: &["thread: shared memory", "process: shared memory", "thread: channel"],
        verdict: Verdict::Contradicted,
    },
    // A boundary that costs, whatever the mechanism.
    Case {
        slow: "pipe,socket,futex",
        only_in_children: true,
        row: "Communication",
        arms: &["process: pipe", "process: socketpair", "process: ipc-channel", "process: shared memory"],
        verdict: Verdict::Supported,
    },
];

#[test]
fn what_is_slowed_down_changes_its_own_row_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("slow.so");
    shim::build(&library);
    let mut as_it_is = vec![measure(&library, "nothing", false)];
    for case in &CASES {
        let mut slowed = vec![measure(&library, case.slow, case.only_in_children)];
        while let Err(complaint) = case.check(&as_it_is, &slowed) {
            assert!(slowed.len() < 6, "with a slow {}: {complaint}", case.slow);
            as_it_is.push(measure(&library, "nothing", false));
            slowed.push(measure(&library, case.slow, case.only_in_children));
        }
    }
}

fn measure(library: &Path, slow: &str, only_in_children: bool) -> Report {
    let out = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_comparison"));
    command.args(["--quick", "--no-node", "--out", out.path().to_str().unwrap(), "--only"]);
    command.args(["memory.visible", "overhead.create", "overhead.memory", "communication.round_trip.64B.same_cpu"]);
    let starts = ["pthread_create", "fork", "posix_spawn"].contains(&slow);
    command.env("LD_PRELOAD", library).env("SLOW", slow);
    command.env("SLOW_US", if starts { START } else { MESSAGE }.to_string());
    command.env("SLOW_IN", if only_in_children { "children" } else { "all" });
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&fs::read(out.path().join("report.json")).unwrap()).unwrap()
}

impl Case {
    /// What is not as it must be, judged by the fastest of several runs: others can only make them slower.
    fn check(&self, as_it_is: &[Report], slowed: &[Report]) -> Result<(), String> {
        let (before, after) = (fastest(as_it_is), fastest(slowed));
        for ((id, arm), before) in before {
            let delay = if id.starts_with("overhead") { START * 1e3 } else { MESSAGE * 1e3 };
            let (after, depends) = (after[&(id, arm)], self.arms.contains(&arm));
            let longer = after - before;
            if depends && longer < 0.8 * delay || !depends && longer.abs() > 0.5 * delay {
                return Err(format!("{id}: {arm} took {before} and then {after} ns"));
            }
        }
        let (as_it_is, slowed) = (&as_it_is[0], &slowed[slowed.len() - 1]);
        for (key, usual) in
            [("Memory", Verdict::Supported), ("Overhead", Verdict::Supported), ("Communication", Verdict::Depends)]
        {
            let (before, after) = (row(as_it_is, key), row(slowed, key));
            let expected = if key == self.row { self.verdict } else { usual };
            if after.rust.verdict != expected && !(after.rust.verdict == Verdict::Unresolved && is_busy(slowed)) {
                return Err(format!("not {expected:?}: {after:?}"));
            }
            if key == self.row && before.rust.cells == after.rust.cells && before.rust.why == after.rust.why {
                return Err(format!("its figures stayed: {after:?}"));
            }
        }
        Ok(())
    }
}

/// The shortest median of each arm that is a time.
fn fastest(reports: &[Report]) -> BTreeMap<(&str, &str), f64> {
    let mut fastest = BTreeMap::new();
    for experiment in reports.iter().flat_map(|report| &report.experiments) {
        for arm in experiment.arms.iter().filter(|arm| arm.unit == "ns") {
            let best: &mut f64 = fastest.entry((experiment.id.as_str(), arm.name.as_str())).or_insert(arm.median);
            *best = best.min(arm.median);
        }
    }
    fastest
}

fn row<'a>(report: &'a Report, key: &str) -> &'a Row {
    report.tables[1].rows.iter().find(|row| row.key == key).expect("the document has such a row")
}

/// Whether others kept a processor so busy that a verdict may be *unresolved*.
fn is_busy(report: &Report) -> bool {
    report.experiments.iter().any(|experiment| experiment.others.cpus >= BUSY)
}
