//! The default output: the verdicts and the document's tables on one screen.

use super::schema::Report;
use super::text::{QUESTION, claims_of, difference, mark, not_measured, of_subject, provenance, tally, wrap};
use crate::claims::{Claims, Row, Verdict};

/// How the terminal is.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// Columns.
    pub width: usize,
    /// Whether colours are wanted.
    pub colour: bool,
    /// Whether its characters are ASCII only.
    pub ascii: bool,
}

/// Lines that fit on a screen of 64: two more are printed below.
const LINES: usize = 62;
/// Columns for the two marks.
const MARKS: usize = 11;

/// The question, the tally, and the three tables with the rows that `shown` accepts.
pub fn render(report: &Report, screen: Screen, shown: impl Fn(&Row) -> bool) -> String {
    let text = [true, false].map(|sentences| draw(report, screen, &shown, sentences));
    let [long, short] = text;
    let fits = long.len() <= LINES || screen.width < 100;
    let lines = if fits { long } else { short };
    let text = lines.into_iter().map(|line| line.trim_end().to_owned() + "\n").collect::<String>();
    let text = text.replace('\u{a0}', " ");
    if screen.ascii { to_ascii(&text) } else { text }
}

fn draw(report: &Report, screen: Screen, shown: &impl Fn(&Row) -> bool, sentences: bool) -> Vec<String> {
    let mut lines = wrap(&format!("{QUESTION} Its 14 claims, measured twice:"), screen.width);
    lines.push(String::new());
    lines.extend(tallies(report, screen));
    lines.push(String::new());
    lines.extend(wrap(
        "A row shows the document's words, then what was measured in Rust; in Node.js where that differs. \
        Times are medians. A difference counts if its whole 95 % interval is beyond 1.2 × and the noise.",
        screen.width,
    ));
    for table in &report.tables {
        let Some(claims) = claims_of(table) else { continue };
        let rows: Vec<&Row> = table.rows.iter().filter(|row| shown(row)).collect();
        if rows.is_empty() {
            continue;
        }
        lines.push(String::new());
        lines.push(bold(claims.title, screen));
        lines.push(head(claims, screen));
        for row in rows {
            lines.extend(draw_row(row, claims, screen, sentences));
        }
    }
    lines.push(String::new());
    let missing = not_measured(report);
    for why in missing.iter().take(3) {
        lines.extend(wrap(&format!("Not measured: {why}."), screen.width).into_iter().take(2));
    }
    if report.machine.node.is_none() {
        lines.push("Without Node.js: it is not installed, or was not to be used.".to_owned());
    }
    lines.extend(wrap(&format!("{}.", provenance(report)), screen.width));
    lines
}

fn tallies(report: &Report, screen: Screen) -> Vec<String> {
    let words: Vec<String> =
        Verdict::ALL.iter().map(|verdict| format!("{} {}", mark(*verdict, false), verdict.name())).collect();
    let mut lines = vec![format!("{:13}{}", "", words.join("   "))];
    for (name, node) in [("Rust", false), ("Node.js", true)] {
        let judgements = of_subject(report, node);
        if judgements.is_empty() {
            continue;
        }
        let counts = Verdict::ALL
            .iter()
            .zip(&words)
            .map(|(verdict, word)| format!("{:>width$}", tally(&judgements, *verdict), width = word.chars().count()));
        lines.push(format!("  {name:<11}{}", counts.collect::<Vec<_>>().join("   ")));
    }
    lines.into_iter().map(|line| line.chars().take(screen.width).collect()).collect()
}

/// How the columns share the width: name, then the document's cells.
fn columns(claims: &Claims, screen: Screen) -> (usize, usize) {
    let name = claims.rows.iter().map(|claim| claim.key.chars().count()).max().unwrap_or(0) + 1;
    let rest = screen.width.saturating_sub(MARKS + name);
    (name, rest / claims.columns.len())
}

/// Whether the cells stand below the name instead of beside it.
fn narrow(claims: &Claims, screen: Screen) -> bool {
    columns(claims, screen).1 < 28
}

fn head(claims: &Claims, screen: Screen) -> String {
    let (name, cell) = columns(claims, screen);
    let cells: String = match narrow(claims, screen) {
        true => claims.columns.join(" / "),
        false => claims.columns.iter().map(|column| format!("{column:<cell$}")).collect(),
    };
    format!("{:<MARKS$}{:<name$}{cells}", "Rust Node", claims.key_column)
}

fn draw_row(row: &Row, claims: &Claims, screen: Screen, sentences: bool) -> Vec<String> {
    let (name, cell) = columns(claims, screen);
    let narrow = narrow(claims, screen);
    let (name, cell) = if narrow { (4, screen.width.saturating_sub(MARKS + 4)) } else { (name, cell) };
    let node_mark = row.node.as_ref().map_or(" ", |node| mark(node.verdict, false));
    let marks = format!("  {}   {node_mark}", coloured(row.rust.verdict, screen));
    let pad = " ".repeat(MARKS - 7);
    let mut lines = Vec::new();
    let mut put = |label: &str, cells: Vec<String>| {
        let columns: Vec<Vec<String>> = cells.iter().map(|text| wrap(text, cell.saturating_sub(2))).collect();
        let height = columns.iter().map(Vec::len).max().unwrap_or(0);
        for place in 0..height {
            let text: String = columns
                .iter()
                .map(|column| format!("{:<cell$}", column.get(place).map_or("", String::as_str)))
                .collect();
            let label = if place == 0 { label } else { "" };
            lines.push(format!("{:<MARKS$}{label:<name$}{text}", ""));
        }
    };
    let words = |side: &std::collections::BTreeMap<String, String>| -> Vec<String> {
        claims.columns.iter().map(|column| side.get(*column).cloned().unwrap_or_default()).collect()
    };
    let stacked = |cells: Vec<String>| if narrow { vec![cells.join(" / ")] } else { cells };
    let first = if narrow { "" } else { row.key.as_str() };
    put(first, stacked(words(&row.document)));
    let measured = words(&row.rust.cells);
    if row.rust.is_measured() {
        put("", stacked(measured));
    } else {
        put("", vec![format!("not measured: {}", row.rust.why)]);
    }
    if let Some(node) = row.node.as_ref().filter(|node| node.verdict != row.rust.verdict) {
        let label = if name > 8 { format!("{:>width$} ", "Node.js", width = name - 1) } else { String::new() };
        let mut cells =
            if node.is_measured() { words(&node.cells) } else { vec![format!("not measured: {}", node.why)] };
        if narrow {
            cells[0] = format!("Node.js: {}", cells[0]);
        }
        put(&label, stacked(cells));
    }
    if sentences && row.rust.verdict == Verdict::Depends {
        lines.extend(
            wrap(&row.rust.answer, screen.width - MARKS).into_iter().map(|line| format!("{:<MARKS$}{line}", "")),
        );
    }
    if let Some(node) = row.node.as_ref().filter(|_| sentences && difference(row).is_some()) {
        let text = format!("In Node.js: {}", node.answer);
        lines.extend(wrap(&text, screen.width - MARKS).into_iter().map(|line| format!("{:<MARKS$}{line}", "")));
    }
    if narrow {
        lines.insert(0, format!("{:<MARKS$}{}", "", bold(&row.key, screen)));
    }
    let first = lines[0].clone();
    lines[0] = format!("{marks}{pad}{}", first.chars().skip(MARKS).collect::<String>());
    lines
}

fn bold(text: &str, screen: Screen) -> String {
    if screen.colour { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
}

fn coloured(verdict: Verdict, screen: Screen) -> String {
    let code = match verdict {
        Verdict::Supported => 32,
        Verdict::Depends => 33,
        Verdict::Contradicted => 31,
        Verdict::Unresolved => 2,
    };
    let mark = mark(verdict, false);
    if screen.colour { format!("\x1b[{code}m{mark}\x1b[0m") } else { mark.to_owned() }
}

/// The same in ASCII.
fn to_ascii(text: &str) -> String {
    let plain = [("✓", "+"), ("◐", "~"), ("✗", "x"), ("µ", "u"), (" ×", "x"), ("×", "x"), ("–", "-"), ("…", "...")];
    let text = plain.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
}
