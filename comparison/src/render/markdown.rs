//! The tables as Markdown, short enough for a README.

use super::{provenance, without_samples};
use crate::report::{Report, Row};
use crate::tables::{Claims, claims, sentence};
use crate::verdict::LINE;

/// The three tables; below each, the figures that decided its verdicts.
pub fn render(report: &Report) -> String {
    let mut text = String::from("# The document's tables, measured\n\n");
    text += &format!("{}. {LINE}\n", provenance(report));
    for table in &report.tables {
        let Some(claims) = claims(&table.id) else { continue };
        text += &format!("\n## {}\n\n", claims.title);
        text += &line(&header(claims));
        text += &line(&vec!["---".to_owned(); header(claims).len()]);
        for row in &table.rows {
            text += &line(&cells(claims, row));
        }
        text += "\n";
        for row in &table.rows {
            let (why, rule) = (sentence(&escape(&row.why)), sentence(&escape(&row.rule)));
            text += &format!("- **{}**: {why} Rule: {rule} Evidence: {}.\n", row.key, evidence(row));
        }
    }
    let missing: Vec<String> = without_samples(report).collect();
    if !missing.is_empty() {
        text += "\n## Not measured\n\n";
        text.extend(missing.iter().map(|why| format!("- {}\n", escape(why))));
    }
    text
}

fn header(claims: &Claims) -> Vec<String> {
    let mut header = vec![claims.key_column.to_owned()];
    for column in claims.columns {
        header.extend([format!("{column}: the document"), format!("{column}: measured")]);
    }
    header.push("Verdict".to_owned());
    header
}

fn cells(claims: &Claims, row: &Row) -> Vec<String> {
    let mut cells = vec![row.key.clone()];
    for &column in claims.columns {
        cells.extend([&row.document, &row.measured].map(|side| side.get(column).cloned().unwrap_or_default()));
    }
    cells.push(format!("**{}**", row.verdict.name()));
    cells
}

fn evidence(row: &Row) -> String {
    row.evidence.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
}

fn line(cells: &[String]) -> String {
    format!("| {} |\n", cells.iter().map(|cell| escape(cell)).collect::<Vec<_>>().join(" | "))
}

/// A bar would end the cell, a new line the table.
fn escape(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
