//! The class's results: a table for reading, CSV for a spreadsheet, JSON for a program.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::json;

use crate::class::Row;
use crate::contain::Containment;

/// Prints what contained the submissions, and what did not.
pub(crate) fn containment(containment: &Containment, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "in force: {}", containment.in_force.join("; "))?;
    for missing in &containment.missing {
        writeln!(out, "not in force: {missing}")?;
    }
    Ok(())
}

/// Prints one line a row, its notes below it, and how often each verdict came.
pub(crate) fn table(rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let student = rows.iter().map(|row| row.student.chars().count()).max().unwrap_or(0);
    let exercise = rows.iter().map(|row| row.exercise.len()).max().unwrap_or(0);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        let line =
            format!("{:<student$}  {:<exercise$}  {:<18}  {}", row.student, row.exercise, row.verdict, row.detail);
        writeln!(out, "{}", plain(line.trim_end()))?;
        for note in &row.notes {
            writeln!(out, "{:<student$}  note: {}", "", plain(note))?;
        }
        *counts.entry(&row.verdict).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    writeln!(out, "{} answers: {}", rows.len(), counts.join(", "))
}

/// Text without control characters, which a name could use to write over the table.
fn plain(text: &str) -> String {
    text.replace(char::is_control, "?")
}

/// Prints the rows as CSV (RFC 4180).
pub(crate) fn csv(rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "student,exercise,verdict,detail,notes")?;
    for row in rows {
        let cells = [&row.student, &row.exercise, &row.verdict, &row.detail, &row.notes.join("; ")];
        writeln!(out, "{}", cells.map(|cell| quote(cell)).join(","))?;
    }
    Ok(())
}

fn quote(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

/// Prints the rows with all their checks as JSON.
pub(crate) fn json(rows: &[Row], containment: &Containment, out: &mut dyn Write) -> io::Result<()> {
    let report = json!({ "in_force": containment.in_force, "not_in_force": containment.missing, "rows": rows });
    writeln!(out, "{report:#}")
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
