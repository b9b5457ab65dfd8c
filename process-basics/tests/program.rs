//! What is special to this chapter's program: its children.

use std::process;

use chapter::{PROGRAM, command, finish, run};

mod chapter;

#[test]
fn an_unknown_role_is_refused() {
    let parent = process::id().to_string();
    let refused = run(&["child", "process-basics/dancer", &parent]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(refused.err.contains("'dancer'"), "{}", refused.err);
}

#[test]
fn where_a_limit_is_too_low_each_lesson_names_the_reason_and_the_remedy() {
    let limited = format!("ulimit -n 4; exec '{PROGRAM}'"); // enough to load the program, and for no pipe
    let ended = finish(command("sh").args(["-c", &limited]));
    assert_eq!(ended.status.code(), Some(1), "{}", ended.err);
    assert!(ended.err.contains("Too many open files"), "{}", ended.err);
    for line in ended.err.lines() {
        assert!(line.contains("could not be set up") && line.contains("`ulimit -a` shows"), "{line}");
    }
}
