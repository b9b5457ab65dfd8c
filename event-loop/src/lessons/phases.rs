//! Lesson: the order of callbacks. What the phases decide, and what ticks and microtasks decide.

use std::io::{self, Write};

use crate::cli::claim;
use crate::puzzle::{Puzzle, Seen};

/// An I/O callback that asks for one callback of every kind.
const SCRIPT: &str = r#"[{"stat": [
    {"setTimeout": [{"log": "timer"}], "ms": 0},
    {"setImmediate": [{"log": "immediate"}]},
    {"microtask": [{"log": "microtask"}]},
    {"nextTick": [{"log": "tick"}]},
    {"log": "callback"}
]}]"#;

/// What the script prints, and where each label was printed.
///
/// # Errors
/// Those of the loop.
pub fn order() -> io::Result<Vec<Seen>> {
    Puzzle::parse(SCRIPT.as_bytes()).map_err(io::Error::other)?.run()
}

/// Shows the script beside its output.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We run this script on our loop. In a file-system callback it does:")?;
    writeln!(out, "    setTimeout(timer, 0); setImmediate(immediate);")?;
    writeln!(out, "    queueMicrotask(microtask); process.nextTick(tick); callback();")?;
    writeln!(out, "  Expected: the callback, then ticks, then microtasks; then phase by phase.")?;
    writeln!(out, "    what ran     round  phase")?;
    let seen = order()?;
    for Seen { label, position } in &seen {
        writeln!(out, "    {label:<12} {:<6} {}", position.iteration, position.phase)?;
    }
    let labels: Vec<_> = seen.iter().map(|seen| &*seen.label).collect();
    claim(labels == ["callback", "tick", "microtask", "immediate", "timer"], format_args!("ran: {labels:?}"))?;
    writeln!(out, "  The document: \"Event Loop: single-threaded, handles async callbacks\". Node.js")?;
    writeln!(out, "  runs them in the same order. Try more scripts: cargo run -p event-loop -- quiz")?;
    Ok(())
}
