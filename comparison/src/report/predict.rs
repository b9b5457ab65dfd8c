//! The reader's guess before each claim is measured, and beside the measurement after.

use std::io::{self, BufRead, Write};

use crate::claims::{Row, Table, Verdict, tables};
use crate::measure::plan::Spec;

/// What the reader expects of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// The row's key.
    pub key: String,
    /// The verdict expected; `None` where the reader did not say.
    pub verdict: Option<Verdict>,
}

const ANSWERS: [Verdict; 3] = [Verdict::Supported, Verdict::Contradicted, Verdict::Depends];

/// Asks for a guess for each row that these experiments can decide. An answer is a word or its beginning; an empty
/// line, or the end of the input, is no guess.
///
/// # Errors
/// Those of reading and writing.
pub fn ask(specs: &[&Spec], input: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<Vec<Guess>> {
    let measured = |row: &Row| specs.iter().any(|spec| row.evidence.iter().any(|id| id == spec.id));
    let rows: Vec<Row> = tables(&[], false).into_iter().flat_map(|table| table.rows).filter(measured).collect();
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

/// The guesses beside what was measured in Rust, one short line each; unresolved rows do not count.
pub fn beside(guesses: &[Guess], tables: &[Table]) -> String {
    let (mut right, mut counted) = (0, 0);
    let mut lines = format!("  {:<38} {:<13} {}\n", "claim", "your guess", "measured");
    for Guess { key, verdict } in guesses {
        let Some(row) = tables.iter().flat_map(|table| &table.rows).find(|row| row.key == *key) else { continue };
        let measured = row.rust.verdict;
        let mark = match verdict {
            Some(guess) if *guess == measured => "right",
            Some(_) if measured != Verdict::Unresolved => "look at it",
            _ => "",
        };
        right += u32::from(mark == "right");
        counted += u32::from(!mark.is_empty());
        let guess = verdict.map_or("none", Verdict::name);
        lines += &format!("  {key:<38} {guess:<13} {:<13} {mark}\n", measured.name());
    }
    format!("\nYour guesses: {right} of {counted} as measured.\n{lines}")
}
