//! The class's results: a table for reading, CSV for a spreadsheet, JSON for a program.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::class::Row;
use crate::contain::Containment;

/// Prints what contained the submissions, and what did not.
pub(crate) fn containment(containment: &Containment, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "in force: {}", containment.in_force.join(", "))?;
    for missing in &containment.missing {
        writeln!(out, "not in force: {missing}")?;
    }
    Ok(())
}

/// Prints one line a row, its notes below it, and how often each verdict came.
pub(crate) fn table(rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let width = |of: fn(&Row) -> String| rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0);
    let (student, exercise) = (width(|row| plain(&row.student)), width(|row| row.exercise.clone()));
    for row in rows {
        let verdict = row.verdict.to_string();
        let detail = plain(&row.detail());
        writeln!(out, "{:<student$}  {:<exercise$}  {verdict:<18}  {detail}", plain(&row.student), row.exercise)?;
        for note in &row.notes {
            writeln!(out, "{:<student$}  note: {}", "", plain(note))?;
        }
    }
    let mut counts: Vec<(String, usize)> = Vec::new();
    for verdict in rows.iter().map(|row| row.verdict.to_string()) {
        match counts.iter_mut().find(|(name, _)| *name == verdict) {
            Some((_, count)) => *count += 1,
            None => counts.push((verdict, 1)),
        }
    }
    let counts: Vec<String> = counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
    writeln!(out, "{} answers: {}", rows.len(), counts.join(", "))
}

/// Text without control characters, which a name could use to write over the table.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// Prints the rows as CSV (RFC 4180).
pub(crate) fn csv(rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "student,exercise,verdict,detail,notes")?;
    for row in rows {
        let cells = [&row.student, &row.exercise, &row.verdict.to_string(), &row.detail(), &row.notes.join("; ")];
        writeln!(out, "{}", cells.map(|cell| quote(cell)).join(","))?;
    }
    Ok(())
}

fn quote(cell: &str) -> String {
    let special = |c| matches!(c, ',' | '"' | '\n' | '\r');
    if cell.contains(special) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

/// The rows with all their checks, as JSON.
pub(crate) fn to_json(rows: &[Row], containment: &Containment) -> Value {
    let row = |row: &Row| {
        json!({
            "student": row.student, "exercise": row.exercise, "verdict": row.verdict.to_string(),
            "detail": row.detail(), "checks": row.checks, "notes": row.notes,
        })
    };
    let rows: Vec<Value> = rows.iter().map(row).collect();
    json!({ "in_force": containment.in_force, "not_in_force": containment.missing, "rows": rows })
}

#[cfg(test)]
mod tests {
    use super::{plain, quote};

    #[test]
    fn a_cell_with_a_comma_or_a_quote_is_quoted() {
        assert_eq!(quote("Ada"), "Ada");
        assert_eq!(quote("Lovelace, \"Ada\""), "\"Lovelace, \"\"Ada\"\"\"");
    }

    #[test]
    fn a_name_cannot_write_over_the_table() {
        assert_eq!(plain("Eve\x1b[2K\rAda"), "Eve?[2K?Ada");
    }
}
