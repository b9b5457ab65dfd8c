//! The tables as Markdown, in the document's own shape with a column of verdicts each for Rust and Node.js.

use super::explain;
use super::schema::Report;
use super::text::{QUESTION, claims_of, mark, not_measured, of_subject, provenance, tally};
use crate::claims::{Claims, Judgement, Row, Table, Verdict};

/// The verdicts, the tables, and what decided each row.
pub fn render(report: &Report) -> String {
    let why = |(_, row)| format!("\n```text\n{}```\n", explain::row(report, row, 100));
    let why: String = report.rows().map(why).collect();
    format!("# {QUESTION}\n{}\n## Why\n{why}", tables(report, "##"))
}

/// The tally and the three tables, under headings of this level: what a README shows.
pub fn tables(report: &Report, heading: &str) -> String {
    let mut text = String::from("\n");
    for (name, node) in [("Rust", false), ("Node.js", true)] {
        let judgements = of_subject(report, node);
        if !judgements.is_empty() {
            let count = |verdict: &Verdict| format!("{} {}", tally(&judgements, *verdict), verdict.name());
            text += &format!("- {name}: {}\n", Verdict::ALL.iter().map(count).collect::<Vec<_>>().join(", "));
        }
    }
    text += &format!("\n{}.\n", escape(&provenance(report)));
    if report.machine.node.is_none() {
        text += "\nWithout Node.js: it is not installed, or was not to be used.\n";
    }
    for why in not_measured(report) {
        text += &format!("\nNot measured: {}.\n", escape(&why));
    }
    for table in &report.tables {
        if let Some(claims) = claims_of(table) {
            text += &format!("\n{heading} {}\n\n{}", claims.title, drawn(claims, table));
        }
    }
    text
}

fn drawn(claims: &Claims, table: &Table) -> String {
    let mut head = vec!["Rust", "Node.js", claims.key_column];
    head.extend(claims.columns);
    let mut text = line(head.iter().map(|cell| (*cell).to_owned())) + &line(head.iter().map(|_| "---".to_owned()));
    for row in &table.rows {
        let verdicts = [Some(&row.rust), row.node.as_ref()].map(|judgement| judgement.map_or(String::new(), verdict));
        let cells = claims.columns.iter().map(|column| cell(row, column));
        text += &line(verdicts.into_iter().chain([row.key.clone()]).chain(cells));
    }
    text
}

fn verdict(judgement: &Judgement) -> String {
    format!("{}\u{a0}{}", mark(judgement.verdict, false), judgement.verdict.name())
}

/// The document's words, then what was measured in Rust and in Node.js.
fn cell(row: &Row, column: &str) -> String {
    let side = |judgement: &Judgement| judgement.cells.get(column).map_or(String::new(), |cell| escape(cell));
    let words = row.document.get(column).map_or("", String::as_str);
    let mut text = format!("**{words}**<br>Rust: {}", side(&row.rust));
    if let Some(node) = &row.node {
        text += &format!("<br>Node.js: {}", side(node));
    }
    text
}

fn line(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
}

/// A bar would end the cell, a new line the table, and what looks like a tag would not be seen.
fn escape(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "\\<").replace('\n', " ")
}
