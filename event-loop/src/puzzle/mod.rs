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
    /// Where `json` is not a valid puzzle: what was expected, and in which line of the file or instead of which
    /// statement.
    pub fn parse(json: &[u8]) -> Result<Self, String> {
        let json = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        Statement::parse_all(&json).map(Self)
    }
}
