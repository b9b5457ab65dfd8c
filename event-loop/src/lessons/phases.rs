//! Lesson: the order of callbacks. What the phases decide, and what ticks and microtasks decide.

use std::io::{self, Write};

use anyhow::Context;

use crate::cli::claim;
use crate::puzzle::{Puzzle, Step};

/// An I/O callback that asks for one callback of every kind.
const SCRIPT: &str = r#"[{"stat": [
    {"setTimeout": [{"log": "timer"}], "ms": 0},
    {"setImmediate": [{"log": "immediate"}]},
    {"microtask": [{"log": "microtask"}]},
    {"nextTick": [{"log": "tick"}]},
    {"log": "callback"}
]}]"#;

/// The steps of the script that print a label.
///
/// # Errors
/// Those of the loop.
pub fn order() -> io::Result<Vec<Step>> {
    let mut steps = Puzzle::parse(SCRIPT.as_bytes()).map_err(io::Error::other)?.run()?;
    steps.retain(|step| step.label.is_some());
    Ok(steps)
}

/// Shows the script beside its output.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We run this script on our loop. In a file-system callback it does:")?;
    writeln!(out, "    setTimeout(timer, 0); setImmediate(immediate);")?;
    writeln!(out, "    queueMicrotask(microtask); process.nextTick(tick); callback();")?;
    writeln!(out, "  Expected: the callback, then ticks, then microtasks; then phase by phase.")?;
    let mut labels = Vec::new();
    for step in order().context("a loop with its helper thread (see `ulimit -u`)")? {
        let label = step.label.unwrap_or_default();
        writeln!(out, "    {label:<12} {}", step.position)?;
        labels.push(label);
    }
    claim(labels == ["callback", "tick", "microtask", "immediate", "timer"], format_args!("ran: {labels:?}"))?;
    writeln!(out, "  The timer is due at once, but poll is followed by check. The document: \"Event")?;
    writeln!(out, "  Loop: single-threaded, handles async callbacks\". Node.js runs them in the same")?;
    writeln!(out, "  order. Try more scripts: cargo run -p event-loop -- quiz")?;
    Ok(())
}
