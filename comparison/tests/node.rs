//! The real Node.js as a partner.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use comparison::node::Node;
use comparison::report::Report;
use serde_json::json;

const PROGRAM: &str = env!("CARGO_BIN_EXE_comparison");

fn is_installed() -> bool {
    let installed = Command::new("node").arg("--version").output().is_ok();
    if !installed {
        eprintln!("skipped: Node.js is not installed");
    }
    installed
}

#[test]
fn it_answers_in_turn_and_tells_what_went_wrong() {
    if !is_installed() {
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

#[test]
fn its_own_cells_tell_what_it_did() {
    if !is_installed() {
        return;
    }
    let out = tempfile::tempdir().unwrap();
    let mut command = Command::new(PROGRAM);
    command.args(["--quick", "--out", out.path().to_str().unwrap(), "--only", "memory.visible", "node"]);
    let output = command.args(["architecture", "scenario"]).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Report = serde_json::from_slice(&fs::read(out.path().join("report.json")).unwrap()).unwrap();
    for (table, row, column, begins) in [
        (0, "Event Loop", "Description", "7 kinds of callback, threads: 1"),
        (0, "libuv Thread Pool", "Description", "4 threads more with the first file, 0 with the network; 4 jobs"),
        (0, "Worker Threads", "Description", "2 threads more with two; 3 thread ids, 1 process id"),
        (0, "Child Processes", "Description", "fork: a process id of its own in 2 of 2; 2 workers"),
        (1, "Memory", "Thread", "object posted: 0 of 20 writes seen; SharedArrayBuffer: 20 of 20"),
        (1, "Use in Node.js", "Thread", "Worker: a pid of its own in 0 of 2, a thread id of its own in 2 of 2"),
        (2, "Running another Node.js script", "Use", "fork: another script in a process of its own in 2 of 2"),
        (2, "Parallel file I/O or background tasks", "Use", "inline "),
    ] {
        let row = report.tables[table].rows.iter().find(|of| of.key == row).expect("the document has such a row");
        let cell = row.node.get(column).unwrap_or_else(|| panic!("{row:?}"));
        assert!(cell.starts_with(begins), "not '{begins}': {cell}");
    }
}
