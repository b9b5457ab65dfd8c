//! Lesson: the order of callbacks. What the phases decide, and what ticks and microtasks decide.

use std::io::{self, Write};

use crate::cli::claim;
use crate::puzzle::questions::QUESTIONS;
use crate::puzzle::{Puzzle, Seen, Statement, When};

/// What a script with one callback of every kind prints, and where each label was printed.
///
/// # Errors
/// Those of the loop.
pub fn order() -> io::Result<Vec<Seen>> {
    script().run()
}

/// An I/O callback that asks for one callback of every kind.
fn script() -> Puzzle {
    let log = |label: &str| Statement::Log(label.into());
    Puzzle(vec![Statement::Later(
        When::Stat,
        vec![
            Statement::Later(When::Timeout(0), vec![log("timer")]),
            Statement::Later(When::Immediate, vec![log("immediate")]),
            Statement::Later(When::Microtask, vec![log("microtask")]),
            Statement::Later(When::NextTick, vec![log("tick")]),
            log("callback"),
        ],
    )])
}

/// Shows the script beside its output.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let seen = order()?;
    let labels: Vec<_> = seen.iter().map(|seen| &*seen.label).collect();
    writeln!(out, "  We run this script on our loop. In a file-system callback it asks for:")?;
    writeln!(out, "    setTimeout(timer, 0); setImmediate(immediate);")?;
    writeln!(out, "    queueMicrotask(microtask); process.nextTick(tick); callback();")?;
    writeln!(out, "  Expected: callback, its tick, its microtask; then phase by phase.")?;
    writeln!(out, "    printed      round  phase")?;
    for Seen { label, position } in &seen {
        writeln!(out, "    {label:<12} {:<6} {}", position.iteration, position.phase)?;
    }
    claim(labels == ["callback", "tick", "microtask", "immediate", "timer"], format_args!("printed: {labels:?}"))?;
    for question in QUESTIONS {
        let ran: Vec<_> = question.puzzle().run()?.into_iter().map(|seen| seen.label).collect();
        let node: Vec<_> = question.node().collect();
        claim(ran == node, format_args!("{}: Node.js printed {node:?}, here {ran:?}", question.name))?;
    }
    writeln!(out, "  The document: \"Event Loop: single-threaded, handles async callbacks\".")?;
    writeln!(out, "  {} more puzzles ran in the order that Node.js printed; see `quiz`.", QUESTIONS.len())?;
    Ok(())
}
