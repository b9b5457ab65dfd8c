//! The class's results: a table for reading, CSV for a spreadsheet, JSON for a program.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::json;

use crate::class::Row;
use crate::cli::Output;
use crate::contain::Containment;

/// Prints the results of a class.
pub(crate) type Format = fn(&[Row], &Containment) -> io::Result<()>;

/// Prints what contains the submissions, and what does not.
pub(crate) fn containment(containment: &Containment) -> io::Result<()> {
    writeln!(Output, "in force: {}", containment.words(true).join("; "))?;
    let missing = containment.words(false);
    writeln!(Output, "not in force: {}", if missing.is_empty() { "none of these".into() } else { missing.join("; ") })
}

/// Prints one line a row, its notes below it, and how often each verdict came.
pub(crate) fn table(rows: &[Row], contained_by: &Containment) -> io::Result<()> {
    containment(contained_by)?;
    let student = rows.iter().map(|row| row.student.chars().count()).max().unwrap_or(0);
    let exercise = rows.iter().map(|row| row.exercise.len()).max().unwrap_or(0);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        let Row { student: name, exercise: id, verdict, detail, .. } = row;
        writeln!(Output, "{}", plain(&format!("{name:<student$}  {id:<exercise$}  {verdict:<18}  {detail}")))?;
        for note in &row.notes {
            writeln!(Output, "{:<student$}  note: {}", "", plain(note))?;
        }
        *counts.entry(verdict).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    writeln!(Output, "{} answers: {}", rows.len(), counts.join(", "))
}

/// Text without control characters, which a name could use to write over the table.
fn plain(text: &str) -> String {
    text.replace(char::is_control, "?")
}

/// Prints the rows as CSV (RFC 4180).
pub(crate) fn csv(rows: &[Row], _: &Containment) -> io::Result<()> {
    writeln!(Output, "student,exercise,verdict,detail,notes")?;
    for row in rows {
        let cells = [&row.student, &row.exercise, &row.verdict, &row.detail, &row.notes.join("; ")];
        writeln!(Output, "{}", cells.map(|cell| quote(cell)).join(","))?;
    }
    Ok(())
}

fn quote(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

/// Prints the rows with all their checks as JSON.
pub(crate) fn json(rows: &[Row], containment: &Containment) -> io::Result<()> {
    let report = json!({ "in_force": containment.words(true), "not_in_force": containment.words(false), "rows": rows });
    writeln!(Output, "{report:#}")
}

#[cfg(test)]
mod tests {
    use super::{plain, quote};

    #[test]
    fn a_cell_may_hold_commas_and_quotes() {
        assert_eq!(quote("Lovelace, \"Ada\""), "\"Lovelace, \"\"Ada\"\"\"");
    }

    #[test]
    fn a_name_cannot_write_over_the_table() {
        assert_eq!(plain("Eve\x1b[2K\rAda"), "Eve?[2K?Ada");
    }
}
