//! The real Node.js as a partner, and one that behaves badly.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use comparison::claims::Verdict;
use comparison::node::Node;
use comparison::report::schema::Report;
use serde_json::json;

const PROGRAM: &str = env!("CARGO_BIN_EXE_comparison");

fn works() -> bool {
    let output = Command::new("node").args(["-p", "6*7"]).output();
    let works = output.is_ok_and(|output| output.stdout.starts_with(b"42"));
    if !works {
        eprintln!("skipped: there is no Node.js that works");
    }
    works
}

#[test]
fn it_answers_in_turn_and_says_what_went_wrong() {
    if !works() {
        return;
    }
    let program = Path::new(PROGRAM);
    let mut node = Node::start(program, "answer(async ({ n }) => 2 * n)").unwrap();
    assert_eq!(node.ask::<f64>(&json!({ "n": 21 })).unwrap(), 42.0);
    assert_eq!(node.ask::<f64>(&json!({ "n": 4 })).unwrap(), 8.0);
    let why = node.ask::<Vec<f64>>(&json!({ "n": 1 })).unwrap_err().to_string();
    assert!(why.contains("node answered"), "{why}");
    let mut node = Node::start(program, "answer(() => process.exit(3))").unwrap();
    let why = node.ask::<f64>(&json!({})).unwrap_err().to_string();
    assert!(why.contains("node ended"), "{why}");
}

fn measure(change: impl FnOnce(&mut Command), ids: &[&str]) -> (Report, bool) {
    let out = tempfile::tempdir().unwrap();
    let mut command = Command::new(PROGRAM);
    command.args(["--quick", "--out", out.path().to_str().unwrap(), "--only"]).args(ids);
    change(&mut command);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let json = fs::read(out.path().join("report.json"));
    let json = json.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (serde_json::from_slice(&json).unwrap(), output.status.success())
}

#[test]
fn options_of_a_parent_node_do_not_reach_ours() {
    if !works() {
        return;
    }
    let odd = |command: &mut Command| {
        command.env("NODE_OPTIONS", "--no-such-option").env("NODE_CHANNEL_FD", "77").env("UV_THREADPOOL_SIZE", "1");
    };
    let (report, success) = measure(odd, &["node.architecture"]);
    assert!(success, "{:?}", report.experiments);
    let row = |key: &str| report.rows().find(|row| row.key == key).cloned().unwrap();
    for key in ["Use in Node.js", "libuv Thread Pool", "Worker Threads"] {
        assert_eq!(row(key).node.unwrap().verdict, Verdict::Supported, "{key}");
        assert_eq!(row(key).rust.verdict, Verdict::Unresolved, "nothing of ours was measured");
    }
}

/// A Node.js that answers `--version`, and then exits and leaves a child that holds its output.
#[test]
fn a_node_that_exits_and_leaves_a_child_fails_its_own_experiments_alone() {
    let folder = tempfile::tempdir().unwrap();
    let fake = folder.path().join("node");
    let pids = folder.path().join("pids");
    let script = format!(
        "#!/bin/sh\nif [ \"$1\" = --version ]; then echo v99.0.0; fi\nsleep 600 & echo $! >> {}\n",
        pids.display()
    );
    fs::write(&fake, script).unwrap();
    fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap_or_default());
    let (report, success) = measure(|command| _ = command.env("PATH", path), &["memory.visible", "node.memory"]);
    assert!(!success, "a failed experiment is a failure");
    let memory = report.rows().find(|row| row.key == "Memory").cloned().unwrap();
    assert_eq!(memory.rust.verdict, Verdict::Supported);
    assert!(memory.node.unwrap().why.contains("failed"));
    for pid in fs::read_to_string(&pids).unwrap().lines() {
        let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        assert!(!command.starts_with(b"sleep"), "process {pid} was left behind");
    }
}

#[test]
fn without_node_its_part_is_null() {
    let (report, success) = measure(|command| _ = command.arg("--no-node"), &["memory.visible"]);
    assert!(success && report.machine.node.is_none());
    assert!(report.rows().all(|row| row.node.is_none()));
}
