//! The tables for a terminal, as wide as it is.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use console::measure_text_width;

use super::{provenance, without_samples};
use crate::report::Report;
use crate::tables::claims;

/// The three tables, `width` columns wide, each row with the document's words and the measured ones, its verdict and
/// the figures that decided it.
pub fn render(report: &Report, width: u16) -> String {
    let mut text = String::new();
    for table in &report.tables {
        let Some(claims) = claims(&table.id) else { continue };
        text += &format!("\n{}\n", claims.title);
        let mut drawn = Table::new();
        drawn.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        let mut header = vec![claims.key_column, ""];
        header.extend(claims.columns);
        drawn.set_header(header);
        for row in &table.rows {
            let cells = |kind: &str, first: String, from: &std::collections::BTreeMap<String, String>| {
                let mut cells = vec![first, kind.to_owned()];
                cells.extend(claims.columns.iter().map(|&column| from.get(column).cloned().unwrap_or_default()));
                cells
            };
            drawn.add_row(cells("says", row.key.clone(), &row.document));
            drawn.add_row(cells("is", row.verdict.name().to_uppercase(), &row.measured));
        }
        text += &format!("{drawn}\n");
        for row in &table.rows {
            text += &paragraph(&format!("{}: {}. {}", row.key, row.verdict.name(), row.why), width.into());
        }
    }
    let missing: Vec<String> = without_samples(report).collect();
    for why in missing {
        text += &paragraph(&why, width.into());
    }
    text += &format!("\n{}", paragraph(&provenance(report), width.into()));
    text
}

/// Words wrapped at `width`, further lines indented.
fn paragraph(text: &str, width: usize) -> String {
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
