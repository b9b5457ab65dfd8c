//! The reader's guess before each claim is measured, and beside the measurement after.

use std::io::{self, BufRead, Write};

use crate::render::terminal::grid;
use crate::report::{Row, Table, Verdict};
use crate::tables;

/// What the reader expects of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// The row's key.
    pub key: String,
    /// The verdict expected; `None` where the reader did not say.
    pub verdict: Option<Verdict>,
}

const ANSWERS: [Verdict; 3] = [Verdict::Supported, Verdict::Contradicted, Verdict::Depends];

/// Asks for a guess for each row that the experiments `ids` can decide. An answer is a word or its beginning; an empty
/// line, or the end of the input, is no guess.
///
/// # Errors
/// Those of reading and writing.
pub fn ask(ids: &[&str], input: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<Vec<Guess>> {
    let measured = |row: &Row| tables::needed(&row.key).iter().any(|id| ids.contains(id));
    let rows: Vec<Row> = tables::write(&[]).into_iter().flat_map(|table| table.rows).filter(measured).collect();
    writeln!(out, "What will be measured of each claim? Answer supported,")?;
    writeln!(out, "contradicted or depends (s, c, d); Enter: no guess.")?;
    let mut guesses = Vec::with_capacity(rows.len());
    for (place, row) in rows.iter().enumerate() {
        writeln!(out, "\n{} of {}: {}", place + 1, rows.len(), row.key)?;
        for (column, words) in &row.document {
            writeln!(out, "  {column}: {words}")?;
        }
        guesses.push(Guess { key: row.key.clone(), verdict: one(input, out)? });
    }
    writeln!(out)?;
    Ok(guesses)
}

/// One answer; asks again until it is one.
fn one(input: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<Option<Verdict>> {
    loop {
        write!(out, "your guess: ")?;
        out.flush()?;
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            writeln!(out)?;
        }
        let word = line.trim().to_lowercase();
        let meant = ANSWERS.into_iter().find(|answer| answer.name().starts_with(&word));
        if word.is_empty() || meant.is_some() {
            return Ok(meant.filter(|_| !word.is_empty()));
        }
        writeln!(out, "'{word}' is none of supported, contradicted, depends.")?;
    }
}

/// The guesses beside what was measured, `width` columns wide; unresolved rows count for nobody.
pub fn beside(guesses: &[Guess], tables: &[Table], width: u16) -> String {
    let mut drawn = grid(width, ["Claim", "Your guess", "Measured", ""]);
    let (mut right, mut of) = (0, 0);
    for Guess { key, verdict } in guesses {
        let Some(row) = tables.iter().flat_map(|table| &table.rows).find(|row| row.key == *key) else { continue };
        let counts = verdict.is_some() && row.verdict != Verdict::Unresolved;
        let hit = counts && *verdict == Some(row.verdict);
        (right, of) = (right + u32::from(hit), of + u32::from(counts));
        let mark = match (counts, hit) {
            (false, _) => "",
            (true, true) => "right",
            (true, false) => "look at it",
        };
        drawn.add_row([key.as_str(), verdict.map_or("none", Verdict::name), row.verdict.name(), mark]);
    }
    format!("\nYour guesses: {right} of {of} as measured.\n{drawn}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(ids: &[&str], answers: &str) -> (Vec<Guess>, String) {
        let mut out = Vec::new();
        let guesses = ask(ids, &mut answers.as_bytes(), &mut out).unwrap();
        (guesses, String::from_utf8(out).unwrap())
    }

    #[test]
    fn only_what_will_be_measured_is_asked() {
        let (guesses, shown) = asked(&["crash.survivors"], "s\nd\n");
        let keys: Vec<&str> = guesses.iter().map(|guess| guess.key.as_str()).collect();
        assert_eq!(keys, ["Crashing effect", "Isolated execution with crash safety"]);
        assert_eq!(guesses[0].verdict, Some(Verdict::Supported));
        assert_eq!(guesses[1].verdict, Some(Verdict::Depends));
        assert!(shown.contains("Only one process crashes"), "the claim is shown: {shown}");
    }

    #[test]
    fn nonsense_is_asked_again_and_the_end_of_the_input_is_no_guess() {
        let (guesses, shown) = asked(&["crash.survivors"], "maybe\nCONTRA\n");
        assert_eq!(guesses.iter().map(|guess| guess.verdict).collect::<Vec<_>>(), [Some(Verdict::Contradicted), None]);
        assert!(shown.contains("'maybe' is none of"), "{shown}");
    }

    #[test]
    fn guesses_are_counted_against_verdicts_alone() {
        let tables = tables::write(&[]); // all unresolved
        let guesses = [Guess { key: "Memory".to_owned(), verdict: Some(Verdict::Supported) }];
        assert!(beside(&guesses, &tables, 80).contains("0 of 0 as measured"));
        let mut known = tables;
        known[1].rows[0].verdict = Verdict::Supported;
        let shown = beside(&guesses, &known, 80);
        assert!(shown.contains("1 of 1 as measured") && shown.contains("right"), "{shown}");
    }
}
