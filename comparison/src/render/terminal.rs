//! The findings and the tables for a terminal, as wide as it is.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use console::{Style, measure_text_width};

use super::{answer, cell, findings, provenance, sentence, without_node, without_samples};
use crate::report::{Report, Row, Verdict};
use crate::tables::claims;

/// The findings, then the three tables, `width` columns wide; colours only when asked for.
pub fn render(report: &Report, width: u16, colour: bool) -> String {
    let columns = usize::from(width);
    let mut text = "\nFindings, what argues with the document first\n\n".to_owned();
    for row in findings(report) {
        text += &paragraph(&format!("{} {}: {}", verdict(row, colour), row.key, answer(row)), columns);
    }
    for table in &report.tables {
        let Some(claims) = claims(&table.id) else { continue };
        text += &format!("\n{}\n", claims.title);
        let mut drawn = grid(width);
        drawn.set_header(std::iter::once(claims.key_column).chain(claims.columns.iter().copied()));
        for row in &table.rows {
            let sides = [
                (format!("{}\nsays", row.key), &row.document),
                ("measured".to_owned(), &row.measured),
                ("Node.js: measured".to_owned(), &row.node),
            ];
            for (side, cells) in sides.into_iter().filter(|(_, cells)| !cells.is_empty()) {
                let cells = claims.columns.iter().map(|&column| cell(cells, column).to_owned());
                drawn.add_row(std::iter::once(side).chain(cells));
            }
        }
        text += &format!("{drawn}\n");
        for row in &table.rows {
            let (verdict, why, rule) = (verdict(row, colour), sentence(&row.why), sentence(&row.rule));
            let full = format!("{verdict} {}: {why} Rule: {rule} Evidence: {}.", row.key, row.evidence.join(", "));
            text += &paragraph(&full, columns);
        }
    }
    text += "\n";
    for line in without_node(report).into_iter().chain(without_samples(report)).chain([provenance(report)]) {
        text += &paragraph(&line, columns);
    }
    text
}

/// A table without rows, as wide as the terminal.
pub(super) fn grid(width: u16) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table
}

fn verdict(row: &Row, colour: bool) -> String {
    let style = match row.verdict {
        Verdict::Contradicted => Style::new().red(),
        Verdict::Depends => Style::new().yellow(),
        Verdict::Unresolved => Style::new().dim(),
        Verdict::Supported => Style::new().green(),
    };
    style.bold().force_styling(colour).apply_to(row.verdict.name().to_uppercase()).to_string()
}

/// Words wrapped at `width`, further lines indented.
pub(super) fn paragraph(text: &str, width: usize) -> String {
    let mut lines = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = measure_text_width(word);
        if used > 0 && used + 1 + length > width {
            lines += "\n  ";
            used = 2;
        } else if used > 0 {
            lines += " ";
            used += 1;
        }
        lines += word;
        used += length;
    }
    lines + "\n"
}
