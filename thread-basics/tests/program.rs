//! What is special to this chapter's program. What it shares with the other chapters is tested in the other files.

use std::process;

use chapter::{PROGRAM, command, finish, run};

mod chapter;

/// A limit that root does not have, so this looks at a child that is refused memory for the stack of a thread.
#[test]
fn where_a_thread_cannot_start_a_lesson_says_so_and_does_not_panic() {
    for lesson in ["stop", "crash", "exec"] {
        let limited = format!("ulimit -v 20000; RUST_MIN_STACK=100000000 exec '{PROGRAM}' {lesson}");
        let ended = finish(command("sh").args(["-c", &limited]));
        assert_eq!(ended.status.code(), Some(1), "{}", ended.err);
        assert!(ended.err.contains("could not be set up") && ended.err.contains("`ulimit -a` shows"), "{}", ended.err);
        assert!(ended.err.contains("os error") && !ended.err.contains("panicked"), "{}", ended.err);
    }
}

#[test]
fn an_unknown_role_is_refused() {
    let parent = process::id().to_string();
    let refused = run(&["child", "thread-basics/dancer", &parent]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(refused.err.contains("'dancer'"), "{}", refused.err);
}
