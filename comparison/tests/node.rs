//! The real Node.js as a partner.

use std::path::Path;
use std::process::Command;

use comparison::node::Node;
use serde_json::json;

const PROGRAM: &str = env!("CARGO_BIN_EXE_comparison");

#[test]
fn it_answers_in_turn_and_tells_what_went_wrong() {
    if Command::new("node").arg("--version").output().is_err() {
        eprintln!("skipped: Node.js is not installed");
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
