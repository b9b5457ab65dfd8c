//! Watching the loop: a puzzle step by step, with what is in the queues after every line and every callback.
//!
//! The loop runs first, at its own speed, and is observed; then you go through what it did. A loop that waited for your
//! key would be late for every timer, and run them in another order.

use std::io::{self, IsTerminal, Write};

use super::Puzzle;
use super::keys::Keyboard;

/// Moves the cursor of a terminal to the upper left corner, and clears the rest.
const CLEAR: &str = "\x1b[H\x1b[2J\x1b[3J";

/// Shows the steps of a puzzle: on a terminal one for each key, until `q`; otherwise all of them.
///
/// # Errors
/// Those of the loop, of writing, and of reading keys.
pub fn watch(puzzle: &Puzzle, out: &mut dyn Write) -> io::Result<()> {
    let steps = puzzle.run()?;
    let script = puzzle.js_lines();
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    let mut keyboard = if is_terminal { Some(Keyboard::open()?) } else { None };
    for (index, step) in steps.iter().enumerate() {
        let picture = format!("step {} of {}: {}\n", index + 1, steps.len(), step.draw(&script));
        let Some(keyboard) = &mut keyboard else {
            write!(out, "{picture}")?;
            continue;
        };
        write!(out, "{CLEAR}{picture}any key: the next step   q: end ")?;
        out.flush()?;
        if keyboard.read_key()? == b'q' {
            break;
        }
    }
    if keyboard.is_some() { writeln!(out) } else { Ok(()) }
}
