//! The tables as Markdown, in the document's own shape with a column of verdicts each for Rust and Node.js.

use super::explain;
use super::schema::Report;
use super::text::{QUESTION, SUBJECTS, mark, notes, provenance, sides, tallies};
use crate::claims::{Judgement, Row, Table, Verdict};

/// The verdicts, the tables, and what decided each row.
pub fn render(report: &Report) -> String {
    let why = |row| format!("\n```text\n{}```\n", explain::row(report, row, 100));
    let why: String = report.rows().map(why).collect();
    format!("# {QUESTION}\n{}\n## Why\n{why}", tables(report, "##"))
}

/// The tally and the three tables, under headings of this level: what a README shows.
pub fn tables(report: &Report, heading: &str) -> String {
    let mut text = String::from("\n");
    for (name, counts) in tallies(report) {
        let counts = Verdict::ALL.iter().zip(counts).map(|(verdict, count)| format!("{count} {}", verdict.name()));
        text += &format!("- {name}: {}\n", counts.collect::<Vec<_>>().join(", "));
    }
    text += &format!("\n{}.\n", escape(&provenance(report)));
    text.extend(notes(report).iter().map(|note| format!("\n{}\n", escape(note))));
    for table in &report.tables {
        text += &format!("\n{heading} {}\n\n{}", table.claims().title, drawn(table));
    }
    text
}

fn drawn(table: &Table) -> String {
    let claims = table.claims();
    let head = [&SUBJECTS[..], &[claims.key_column], claims.columns].concat();
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), " --- |".repeat(head.len()));
    for row in &table.rows {
        let node = row.node.as_ref().map_or(String::new(), verdict);
        let cells: Vec<String> = row.document.iter().map(|(column, words)| cell(row, column, words)).collect();
        text += &format!("| {} | {node} | {} | {} |\n", verdict(&row.rust), row.key, cells.join(" | "));
    }
    text
}

fn verdict(judgement: &Judgement) -> String {
    format!("{}\u{a0}{}", mark(judgement.verdict), judgement.verdict.name())
}

/// The document's words, then what was measured in Rust and in Node.js.
fn cell(row: &Row, column: &str, words: &str) -> String {
    let measured = |side: &Judgement| side.cells.get(column).map_or("not measured".to_owned(), |cell| escape(cell));
    let measured = sides(row).map(|(name, side)| format!("<br>{name}: {}", measured(side)));
    format!("**{words}**{}", measured.collect::<String>())
}

/// A bar would end the cell, a new line the table, and what looks like a tag would not be seen.
fn escape(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "\\<").replace('\n', " ")
}
