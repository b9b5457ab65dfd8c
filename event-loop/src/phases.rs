//! Lesson: the order of callbacks. What the phases decide, and what ticks and microtasks decide.

use std::io::{self, Write};

use anyhow::ensure;

use crate::puzzle::{Puzzle, Seen};

const SCRIPT: &str = include_str!("../puzzles/all.json");
const NODE: &str = include_str!("../puzzles/all.node");

/// What runs when a main script asks for everything that a script can ask for.
///
/// # Errors
/// Those of the loop.
pub fn order() -> io::Result<Vec<Seen>> {
    Puzzle::parse(SCRIPT.as_bytes()).map_err(io::Error::other)?.run()
}

/// Shows the order.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    let seen = order()?;
    writeln!(out, "  label   round   phase    as")?;
    for Seen { label, place } in &seen {
        writeln!(out, "  {label:<7} {:<7} {:<8} {}", place.iteration, place.phase, place.kind)?;
    }
    ensure!(seen.iter().map(|seen| &*seen.label).eq(NODE.lines()), "Node.js prints {NODE:?}, here came {seen:?}");
    writeln!(out, "  After each callback: its ticks, then its microtasks. The")?;
    writeln!(out, "  real Node.js, when it was asked, printed the same order.")?;
    writeln!(out, "  `puzzle --js event-loop/puzzles/all.json` is the script.")?;
    Ok(())
}
