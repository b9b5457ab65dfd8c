//! What is special to this chapter's program: its children.

use std::process;

mod chapter;

use chapter::PROGRAM;

#[test]
fn an_unknown_role_is_refused() {
    let parent = process::id().to_string();
    let mut command = process::Command::new(PROGRAM);
    let output = command.args(["child", "process-basics/dancer", &parent]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("'dancer'"));
}
