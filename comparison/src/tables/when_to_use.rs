//! "When to Use What?": the winner of each scenario, found from the data; a file for each row.

use super::Claims;
use crate::report::Verdict;

mod another_program;
mod contest;
mod cpu_intensive;
mod crash_safety;
mod file_io;

pub(super) const CLAIMS: Claims = Claims {
    id: "when-to-use",
    title: "When to Use What?",
    key_column: "Scenario",
    columns: &["Use"],
    rows: &[cpu_intensive::ROW, another_program::ROW, file_io::ROW, crash_safety::ROW],
};

/// The verdict where the document's choice is a process, and the other candidate a thread.
fn process_or_thread(process: bool, thread: bool) -> Verdict {
    match (process, thread) {
        (true, false) => Verdict::Supported,
        (true, true) => Verdict::Depends,
        (false, _) => Verdict::Contradicted,
    }
}

fn winners(process: bool, thread: bool) -> &'static str {
    match (process, thread) {
        (true, false) => "process",
        (true, true) => "process or thread",
        (false, true) => "thread",
        (false, false) => "neither",
    }
}
