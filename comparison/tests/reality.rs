//! Change reality, and the tables follow: calls are slowed down or do something else, changed from outside, and exactly
//! what depends on them changes. Every timed row has such a case, and so have the two rows on crashes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

mod shim;

use comparison::claims::assess::BUSY;
use comparison::claims::{Row, Verdict};
use comparison::measure::placement::allowed_cpus;
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

const CASES: [Case; 6] = [
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
    // Channels are built on the futex: now the usual way between threads is the slower one, too.
    Case {
        slow: "futex",
        only_in_children: false,
        row: "Communication",
        arms: &["thread: channel"],
        verdict: Verdict::Contradicted,
    },
    // A boundary that costs, whatever the mechanism.
    Case {
        slow: "pipe,socket",
        only_in_children: true,
        row: "Communication",
        arms: &["process: pipe", "process: ipc-channel"],
        verdict: Verdict::Supported,
    },
];

/// One test after the other: each would be the other's busy neighbour.
static ALONE: Mutex<()> = Mutex::new(());

const IDS: &[&str] = &["memory.visible", "overhead.create", "overhead.memory", "communication.round_trip.64B.same_cpu"];

#[test]
fn what_is_slowed_down_changes_its_own_row_and_no_other() {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("slow.so");
    shim::build(&library);
    let usual = || measure(&library, IDS, "nothing", 0.0, "all");
    let slowed = |case: &Case| {
        let starts = ["pthread_create", "fork", "posix_spawn"].contains(&case.slow);
        let place = if case.only_in_children { "children" } else { "all" };
        measure(&library, IDS, case.slow, if starts { START } else { MESSAGE }, place)
    };
    let mut as_it_is = vec![usual()];
    for case in &CASES {
        let mut after = vec![slowed(case)];
        while let Err(complaint) = case.check(&as_it_is, &after) {
            assert!(after.len() < 6, "with a slow {}: {complaint}", case.slow);
            as_it_is.push(usual());
            after.push(slowed(case));
        }
    }
}

/// A world in which a row's verdict is another.
struct World {
    /// What is changed, by how many µs, and where.
    changed: (&'static str, f64, &'static str),
    cpus: usize,
    ids: &'static [&'static str],
    rows: &'static [&'static str],
    /// As it is, and changed.
    verdicts: [Verdict; 2],
}

const WORLDS: [World; 5] = [
    // Waiting takes no time: waits one after another are as fast as on one loop.
    World {
        changed: ("sleep", 0.0, "all"),
        cpus: 1,
        ids: &["architecture.callbacks", "architecture.waits"],
        rows: &["Event Loop"],
        verdicts: [Verdict::Supported, Verdict::Depends],
    },
    // One CPU, whatever is asked for: nothing runs side by side.
    World {
        changed: ("one_cpu", 0.0, "all"),
        cpus: 2,
        ids: &["cpu", "loop_delay.10ms"],
        rows: &["Performance"],
        verdicts: [Verdict::Depends, Verdict::Contradicted],
    },
    // Starting a thread holds the loop up for longer than the work does.
    World {
        changed: ("pthread_create", 50_000.0, "all"),
        cpus: 2,
        ids: &["loop_delay.10ms"],
        rows: &["CPU-intensive operations"],
        verdicts: [Verdict::Depends, Verdict::Contradicted],
    },
    // The pool's threads read slowly: the loop is free, but the reads take longer.
    World {
        changed: ("read", 500.0, "threads"),
        cpus: 1,
        ids: &["scenario.file_io"],
        rows: &["Parallel file I/O or background tasks"],
        verdicts: [Verdict::Supported, Verdict::Depends],
    },
    // A child that aborts takes its siblings with it.
    World {
        changed: ("abort", 0.0, "all"),
        cpus: 1,
        ids: &["crash.survivors"],
        rows: &["Crashing effect", "Isolated execution with crash safety"],
        verdicts: [Verdict::Supported, Verdict::Depends],
    },
];

#[test]
fn in_another_world_the_verdict_is_another() {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("slow.so");
    shim::build(&library);
    for world in WORLDS.iter().filter(|world| allowed_cpus().unwrap().len() >= world.cpus) {
        let (what, by, place) = world.changed;
        for ((what, by), expected) in [("nothing", 0.0), (what, by)].into_iter().zip(world.verdicts) {
            let mut complaint = Some(String::new());
            for _ in 0..4 {
                let report = measure(&library, world.ids, what, by, place);
                let judged = report.rows().filter(|row| world.rows.contains(&row.key.as_str()));
                let other = judged.map(|row| &row.rust).find(|judgement| judgement.verdict != expected);
                // A machine that is busy all the time leaves a row unresolved.
                let excused = |verdict| verdict == Verdict::Unresolved && is_busy(&report);
                complaint = other.filter(|other| !excused(other.verdict)).map(|other| format!("{other:?}"));
                if other.is_none() {
                    break;
                }
            }
            assert!(complaint.is_none(), "with '{what}' not {expected:?}: {complaint:?}");
        }
    }
}

fn measure(library: &Path, ids: &[&str], slow: &str, by: f64, place: &str) -> Report {
    let out = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_comparison"));
    command.args(["--quick", "--no-node", "--out", out.path().to_str().unwrap(), "--only"]).args(ids);
    command.env("LD_PRELOAD", library).env("SLOW", slow).env("SLOW_US", by.to_string()).env("SLOW_IN", place);
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
