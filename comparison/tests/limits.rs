//! Where something is scarce or missing, what cannot be measured says why, and the rest stands.

use std::fs;
use std::process::{Command, Stdio};

mod shim;

use comparison::report::{Experiment, Report, Status, Verdict};

/// Runs some experiments from a shell that first says `limits`.
fn measure(limits: &str, args: &[&str]) -> Report {
    let out = tempfile::tempdir().unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{limits} exec \"$@\""), "sh", env!("CARGO_BIN_EXE_comparison"), "--quick", "--out"]);
    let output = shell.arg(out.path()).args(args).stdin(Stdio::null()).output().unwrap();
    let json = fs::read(out.path().join("report.json"));
    serde_json::from_slice(&json.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))).unwrap()
}

fn find<'a>(report: &'a Report, id: &str) -> &'a Experiment {
    report.experiments.iter().find(|experiment| experiment.id == id).unwrap()
}

#[test]
fn with_few_descriptors_large_pools_are_left_out_and_everything_else_is_measured() {
    let report = measure("ulimit -n 64;", &["--only", "files.read.warm", "crash.timeline", "architecture"]);
    assert!(report.experiments.iter().all(|one| one.status == Status::Ok), "{:?}", report.experiments);
    let read = find(&report, "files.read.warm");
    assert!(read.why.as_ref().is_some_and(|why| why.contains("ulimit -n")), "{:?}", read.why);
    assert!(read.arm("thread: pool of 16").is_some() && read.arm("thread: pool of 64").is_none());
}

#[test]
fn without_node_its_arms_are_absent_and_its_row_says_why() {
    let report = measure("", &["--no-node", "--only", "architecture.pool_steps", "node"]);
    let steps = find(&report, "architecture.pool_steps");
    assert!(steps.arm("start").is_some() && steps.arms.iter().all(|arm| !arm.name.starts_with("node")), "{steps:?}");
    for id in ["node.modules", "node.architecture", "node.cluster"] {
        let asked = find(&report, id);
        assert!(asked.status == Status::Skipped && asked.why.as_ref().unwrap().contains("Node.js"), "{asked:?}");
    }
    let row = report.tables[1].rows.iter().find(|row| row.key == "Use in Node.js").unwrap();
    assert_eq!(row.verdict, Verdict::Unresolved);
    assert!(row.node.is_empty() && row.why.contains("not installed"), "{row:?}");
}

#[test]
fn files_that_are_kept_in_memory_are_not_called_cold() {
    if !fs::metadata("/dev/shm").is_ok_and(|folder| folder.is_dir()) {
        eprintln!("skipped: no /dev/shm here");
        return;
    }
    let report = measure("TMPDIR=/dev/shm; export TMPDIR;", &["--only", "files.read.cold"]);
    let cold = find(&report, "files.read.cold");
    assert_eq!(cold.status, Status::Skipped, "{cold:?}");
    assert!(cold.why.as_ref().unwrap().contains("TMPDIR"), "{cold:?}");
}

#[test]
fn where_the_kernel_does_not_tell_what_memory_costs_that_is_left_out_and_the_row_stands() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("hides.so");
    shim::build(&library);
    let hide = format!("LD_PRELOAD={} HIDDEN=/smaps_rollup; export LD_PRELOAD HIDDEN;", library.display());
    let report = measure(&hide, &["--no-node", "--only", "memory", "overhead.by_parent.64MiB"]);
    let (visible, per_unit) = (find(&report, "memory.visible"), find(&report, "memory.per_unit"));
    let small = find(&report, "overhead.by_parent.64MiB.small_pages");
    assert_eq!([visible.status, small.status, per_unit.status], [Status::Ok, Status::Ok, Status::Skipped]);
    assert!(per_unit.why.as_ref().unwrap().contains("smaps_rollup"), "{per_unit:?}");
    assert_eq!(find(&report, "overhead.by_parent.64MiB.huge_pages").status, Status::Skipped);
    let row = &report.tables[1].rows[0];
    assert!(row.key == "Memory" && row.verdict == Verdict::Supported, "{row:?}");
}
