//! The findings and the tables as Markdown, short enough for a README.

use super::{answer, cell, findings, provenance, without_node, without_samples};
use crate::report::{Report, Row, Table};
use crate::tables::{claims, sentence};
use crate::verdict::LINE;

/// The findings, the three tables, and what decided each row.
pub fn render(report: &Report) -> String {
    let mut text = String::from("# The document's tables, measured\n\n");
    for row in findings(report) {
        text += &format!("- **{}**: {}: {}\n", row.verdict.name(), row.key, escape(&answer(row)));
    }
    text += &tables(report, "##");
    text += &format!("\n## Rules and evidence\n\n{LINE}\n\n");
    for row in report.tables.iter().flat_map(|table| &table.rows) {
        let (why, rule) = (sentence(&escape(&row.why)), sentence(&escape(&row.rule)));
        let evidence: Vec<String> = row.evidence.iter().map(|id| format!("`{id}`")).collect();
        text += &format!("- **{}**: {why} Rule: {rule} Evidence: {}.\n", row.key, evidence.join(", "));
    }
    let missing: Vec<String> = without_samples(report).collect();
    if !missing.is_empty() {
        text += "\n## Not measured\n\n";
        text.extend(missing.iter().map(|why| format!("- {}\n", escape(why))));
    }
    text
}

/// The three tables with their machine and date, under headings of this level: what a README shows.
pub fn tables(report: &Report, heading: &str) -> String {
    let mut text = format!("\n{}.\n", provenance(report));
    text.extend(without_node(report).map(|why| format!("{why}\n")));
    for of in &report.tables {
        text += &table(of, heading);
    }
    text
}

fn table(table: &Table, heading: &str) -> String {
    let Some(claims) = claims(&table.id) else { return String::new() };
    let with_node = table.rows.iter().any(|row| !row.node.is_empty());
    let mut header = vec![claims.key_column.to_owned(), "Verdict and answer".to_owned()];
    for &column in claims.columns {
        header.extend([format!("{column}: the document"), format!("{column}: measured")]);
        header.extend(with_node.then(|| format!("{column}: Node.js: measured")));
    }
    let mut text = format!("\n{heading} {}\n\n{}", claims.title, line(&header));
    text += &line(&vec!["---".to_owned(); header.len()]);
    text.extend(table.rows.iter().map(|row| line(&cells(row, claims.columns, with_node))));
    text
}

fn cells(row: &Row, columns: &[&str], with_node: bool) -> Vec<String> {
    let mut cells = vec![row.key.clone(), format!("**{}**: {}", row.verdict.name(), answer(row))];
    for &column in columns {
        let sides = [Some(&row.document), Some(&row.measured), with_node.then_some(&row.node)];
        cells.extend(sides.into_iter().flatten().map(|side| cell(side, column).to_owned()));
    }
    cells
}

fn line(cells: &[String]) -> String {
    format!("| {} |\n", cells.iter().map(|cell| escape(cell)).collect::<Vec<_>>().join(" | "))
}

/// A bar would end the cell, a new line the table, and what looks like a tag would not be seen.
fn escape(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "\\<").replace('\n', " ")
}
