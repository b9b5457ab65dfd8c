//! Watching the loop: a puzzle step by step, with what is in the queues after every line and every callback.
//!
//! The loop runs first, at its own speed, and is observed; then you go through what it did. A loop that waited for your
//! key would be late for every timer, and run them in another order.

use std::io::{self, IsTerminal, Write};

use super::Puzzle;
use super::frame::Recording;
use super::keys::{Key, Keyboard};

/// Moves the cursor of a terminal to the upper left corner, and clears the rest.
const CLEAR: &str = "\x1b[H\x1b[2J\x1b[3J";

/// Shows the steps of a puzzle: on a terminal one for each key, until `q`; otherwise all of them.
///
/// # Errors
/// Those of the loop, of writing, and of reading keys.
pub fn watch(puzzle: &Puzzle, out: &mut dyn Write) -> io::Result<()> {
    let recording = Recording::of(puzzle)?;
    let mut keyboard = if io::stdout().is_terminal() { Keyboard::open()? } else { None };
    for step in 0..recording.frames.len() {
        let picture = recording.draw(step);
        let Some(keyboard) = &mut keyboard else {
            writeln!(out, "{picture}")?;
            continue;
        };
        write!(out, "{CLEAR}{picture}\nany key: the next step   q: end ")?;
        out.flush()?;
        if keyboard.read()? == Key::Quit {
            break;
        }
    }
    if keyboard.is_some() { writeln!(out) } else { Ok(()) }
}
