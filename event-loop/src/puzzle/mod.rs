//! Ordering puzzles: which label comes first? The same puzzle runs here, and as a script in Node.js.

mod keys;
pub mod questions;
pub mod quiz;
mod run;
mod script;
mod statement;
mod step;
pub mod watch;

pub(crate) use run::keep_busy;
pub use statement::{Statement, When};
pub use step::Step;

/// A main script, as a list of statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Puzzle(pub Vec<Statement>);

impl Puzzle {
    /// Reads a puzzle.
    ///
    /// # Errors
    /// Where `json` is not a valid puzzle: the line and the column, and what was expected there.
    pub fn parse(json: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(json).map(Self).map_err(|error| error.to_string())
    }
}
