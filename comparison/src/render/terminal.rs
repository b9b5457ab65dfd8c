//! The findings and the tables for a terminal, as wide as it is.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use console::{Style, measure_text_width};

use super::{SIDES, answer, cells, findings, grounds, known, provenance, without_node, without_samples};
use crate::report::{self, Report, Row, Verdict};
use crate::tables::Claims;

/// The findings, then the three tables, `width` columns wide; colours only when asked for.
pub fn render(report: &Report, width: u16, colour: bool) -> String {
    let columns = usize::from(width);
    let mut text = "Findings, what argues with the document first\n\n".to_owned();
    for row in findings(report) {
        text += &paragraph(&format!("{} {}: {}", verdict(row, colour), row.key, answer(row)), columns);
    }
    for (claims, table) in known(report) {
        text += &format!("\n{}\n{}\n", claims.title, drawn(claims, table, width));
        for row in &table.rows {
            text += &paragraph(&format!("{} {}: {}", verdict(row, colour), row.key, grounds(row)), columns);
        }
    }
    text += "\n";
    for line in without_node(report).into_iter().chain(without_samples(report)).chain([provenance(report)]) {
        text += &paragraph(&line, columns);
    }
    text
}

/// A line for each side of a row that has cells.
fn drawn(claims: &Claims, table: &report::Table, width: u16) -> Table {
    let mut drawn = grid(width, [claims.key_column].into_iter().chain(claims.columns.iter().copied()));
    for row in &table.rows {
        let by_column: Vec<_> = claims.columns.iter().map(|column| cells(row, column)).collect();
        for (n, side) in SIDES.iter().enumerate().filter(|(n, _)| by_column.iter().any(|cells| !cells[*n].is_empty())) {
            let line = by_column.iter().map(|cells| cells[n].to_owned());
            if n == 0 {
                // The row's name stands alone in the first line.
                drawn.add_row([format!("{}\n{side}", row.key)].into_iter().chain(line.map(|cell| format!("\n{cell}"))));
            } else {
                drawn.add_row([(*side).to_owned()].into_iter().chain(line));
            }
        }
    }
    drawn
}

/// A table without rows, as wide as the terminal.
pub(crate) fn grid<'a>(width: u16, head: impl IntoIterator<Item = &'a str>) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.set_header(head);
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
    let (mut lines, mut used) = (String::new(), 0);
    for word in text.split_whitespace() {
        let length = measure_text_width(word);
        let gap = match used {
            0 => "",
            _ if used + 1 + length > width => "\n  ",
            _ => " ",
        };
        used = length + if gap == " " { used + 1 } else { gap.len().saturating_sub(1) };
        lines = lines + gap + word;
    }
    lines + "\n"
}
