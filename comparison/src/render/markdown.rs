//! The findings and the tables as Markdown, short enough for a README.

use itertools::Itertools;

use super::{SIDES, answer, cells, findings, grounds, known, provenance, rows, without_node, without_samples};
use crate::report::{Report, Table};
use crate::tables::Claims;
use crate::verdict::LINE;

/// The findings, the three tables, and what decided each row.
pub fn render(report: &Report) -> String {
    let mut text = String::from("# The document's tables, measured\n\n");
    for row in findings(report) {
        text += &format!("- **{}**: {}: {}\n", row.verdict.name(), row.key, escape(&answer(row)));
    }
    text += &tables(report, "##");
    text += &format!("\n## Rules and evidence\n\n{LINE}\n\n");
    text.extend(rows(report).map(|row| format!("- **{}**: {}\n", row.key, escape(&grounds(row)))));
    let missing = without_samples(report);
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
    for (claims, of) in known(report) {
        text += &format!("\n{heading} {}\n\n{}", claims.title, table(claims, of));
    }
    text
}

fn table(claims: &Claims, table: &Table) -> String {
    let with_node = table.rows.iter().any(|row| !row.node.is_empty());
    let sides = if with_node { SIDES.len() } else { SIDES.len() - 1 };
    let mut header = vec![claims.key_column.to_owned(), "Verdict and answer".to_owned()];
    for column in claims.columns {
        header.extend(SIDES[..sides].iter().map(|side| format!("{column}: {side}")));
    }
    let mut text = line(&header) + &line(&vec!["---".to_owned(); header.len()]);
    for row in &table.rows {
        let mut of_row = vec![row.key.clone(), format!("**{}**: {}", row.verdict.name(), answer(row))];
        for column in claims.columns {
            of_row.extend(cells(row, column)[..sides].iter().map(|&cell| cell.to_owned()));
        }
        text += &line(&of_row);
    }
    text
}

fn line(cells: &[String]) -> String {
    format!("| {} |\n", cells.iter().map(|cell| escape(cell)).join(" | "))
}

/// A bar would end the cell, a new line the table, and what looks like a tag would not be seen.
fn escape(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "\\<").replace('\n', " ")
}
