//! The default output: the verdicts and the document's tables on one screen.

use std::collections::BTreeMap;

use super::schema::Report;
use super::text::{QUESTION, difference, mark, notes, provenance, subjects, tallies, wrap};
use crate::claims::{Claims, Judgement, Row, Verdict};

/// How the terminal is.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// Columns.
    pub width: usize,
    /// Whether colours are wanted.
    pub colour: bool,
}

/// Lines that fit on a screen of 64: two more are printed below.
const LINES: usize = 62;
/// Columns for the two marks.
const MARKS: usize = 11;

/// The question, the tally, the three tables, and where the figures are from.
pub fn render(report: &Report, screen: Screen) -> String {
    let mut head = wrap(&format!("{QUESTION} Its 14 claims, in {}:", subjects(report).join(" and in ")), screen.width);
    head.extend(tally(report, screen));
    head.push(String::new());
    head.extend(wrap(
        "A row: the document's words, then what was measured in Rust; in Node.js if its verdict differs. \
        Times are medians. A difference counts if its whole 95 % interval is beyond 1.2 × and the noise.",
        screen.width,
    ));
    let mut foot = vec![String::new()];
    for note in notes(report).iter().take(4) {
        foot.extend(wrap(note, screen.width).into_iter().take(2));
    }
    foot.extend(wrap(&format!("{}.", provenance(report)), screen.width));
    let room = if screen.width < 100 { usize::MAX } else { LINES.saturating_sub(head.len() + foot.len()) };
    let tables = tables(report, screen, room, |_| true);
    finished(&[head, tables, foot].concat())
}

/// The tables alone, with the rows that `shown` accepts.
pub fn part(report: &Report, screen: Screen, shown: impl Fn(&Row) -> bool) -> String {
    finished(&tables(report, screen, usize::MAX, shown))
}

fn finished(lines: &[String]) -> String {
    lines.iter().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// The rows in at most `room` lines: where these do not suffice, the last sentences are left out.
fn tables(report: &Report, screen: Screen, room: usize, shown: impl Fn(&Row) -> bool) -> Vec<String> {
    let mut parts = Vec::new(); // lines, and a sentence that may follow them
    for table in &report.tables {
        let rows: Vec<&Row> = table.rows.iter().filter(|row| shown(row)).collect();
        if rows.is_empty() {
            continue;
        }
        let claims = table.claims();
        let layout = Layout::of(claims, screen.width);
        parts.push((vec![String::new(), bold(claims.title, screen), layout.head(claims)], Vec::new()));
        parts.extend(rows.into_iter().map(|row| (layout.row(row, screen), sentence(row, screen))));
    }
    let mut room = room.saturating_sub(parts.iter().map(|(lines, _)| lines.len()).sum());
    let mut all = Vec::new();
    for (lines, sentence) in parts {
        all.extend(lines);
        if sentence.len() <= room {
            room -= sentence.len();
            all.extend(sentence);
        }
    }
    all
}

/// What a reader should know of a row beside its cells: on what it depends, what is unclear, or what is different in
/// Node.js.
fn sentence(row: &Row, screen: Screen) -> Vec<String> {
    let text = match &row.node {
        _ if row.rust.verdict == Verdict::Depends => row.rust.answer.clone(),
        _ if row.rust.verdict == Verdict::Unresolved && row.rust.is_measured() => row.rust.answer.clone(),
        Some(node) if difference(row).is_some() => format!("In Node.js: {}", node.answer),
        _ => return Vec::new(),
    };
    let lines = wrap(&text, screen.width - MARKS);
    lines.into_iter().map(|line| format!("{:<MARKS$}{line}", "")).collect()
}

fn tally(report: &Report, screen: Screen) -> Vec<String> {
    let words = Verdict::ALL.map(|verdict| format!("{} {}", mark(verdict), verdict.name()));
    let (indent, gap) = if screen.width < 70 { (8, " ") } else { (11, "   ") };
    let mut lines = vec![format!("  {:indent$}{}", "", words.join(gap))];
    for (name, counts) in tallies(report) {
        let counts =
            words.iter().zip(counts).map(|(word, count)| format!("{count:>width$}", width = word.chars().count()));
        lines.push(format!("  {name:<indent$}{}", counts.collect::<Vec<_>>().join(gap)));
    }
    lines
}

/// How the columns share the width: the name, then the document's cells; where these would be too narrow, one below the
/// other.
struct Layout {
    name: usize,
    cell: usize,
    narrow: bool,
}

impl Layout {
    fn of(claims: &Claims, width: usize) -> Self {
        let name = claims.rows.iter().map(|claim| claim.key.chars().count()).max().unwrap_or(0) + 2;
        let cell = width.saturating_sub(MARKS + name) / claims.columns.len();
        match cell < 28 {
            true => Self { name: 4, cell: width.saturating_sub(MARKS + 4), narrow: true },
            false => Self { name, cell, narrow: false },
        }
    }

    fn head(&self, claims: &Claims) -> String {
        let cells: String = match self.narrow {
            true => format!(" / {}", claims.columns.join(" / ")),
            false => claims.columns.iter().map(|column| format!("{column:<width$}", width = self.cell)).collect(),
        };
        format!("{:<MARKS$}{:<name$}{cells}", "Rust Node", claims.key_column, name = self.name)
    }

    fn row(&self, row: &Row, screen: Screen) -> Vec<String> {
        let cells = |side: &BTreeMap<String, String>| side.values().cloned().collect::<Vec<String>>();
        let measured = |side: &Judgement| match side.is_measured() {
            true => cells(&side.cells),
            false => vec![format!("not measured: {}", side.why)],
        };
        let mut lines =
            if self.narrow { vec![format!("{:<MARKS$}{}", "", bold(&row.key, screen))] } else { Vec::new() };
        lines.extend(self.cells(if self.narrow { "" } else { &row.key }, &cells(&row.document)));
        lines.extend(self.cells("", &measured(&row.rust)));
        if let Some(node) = row.differing_node() {
            let label = format!("{:>width$}", "Node.js", width = self.name - 2);
            lines.extend(self.cells(&label, &measured(node)));
        }
        let node = row.node.as_ref().map_or(" ", |node| mark(node.verdict));
        let rest: String = lines[0].chars().skip(MARKS).collect();
        lines[0] = format!("  {}   {node}{:4}{rest}", coloured(row.rust.verdict, screen), "");
        lines
    }

    /// Cells side by side, or one below the other, with a label before the first line.
    fn cells(&self, label: &str, cells: &[String]) -> Vec<String> {
        let (label, cells) = match self.narrow {
            true => ("", vec![[label.trim(), &cells.join(" / ")].join(" ")]),
            false => (label, cells.to_vec()),
        };
        let (name, cell) = (self.name, self.cell);
        let columns: Vec<Vec<String>> = cells.iter().map(|text| wrap(text, cell.saturating_sub(2))).collect();
        let height = columns.iter().map(Vec::len).max().unwrap_or(0);
        let line = |place: usize| {
            let text = |column: &Vec<String>| format!("{:<cell$}", column.get(place).map_or("", String::as_str));
            let label = if place == 0 { label } else { "" };
            format!("{:<MARKS$}{label:<name$}{}", "", columns.iter().map(text).collect::<String>())
        };
        (0..height).map(line).collect()
    }
}

fn bold(text: &str, screen: Screen) -> String {
    painted(text, 1, screen)
}

fn coloured(verdict: Verdict, screen: Screen) -> String {
    let code = match verdict {
        Verdict::Supported => 32,
        Verdict::Depends => 33,
        Verdict::Contradicted => 31,
        Verdict::Unresolved => 2,
    };
    painted(mark(verdict), code, screen)
}

fn painted(text: &str, code: u8, screen: Screen) -> String {
    if screen.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

/// The same text in ASCII.
pub fn to_ascii(text: &str) -> String {
    let plain = [("✓", "+"), ("◐", "~"), ("✗", "x"), ("µ", "u"), (" ×", "x"), ("×", "x"), ("–", "-"), ("≈", "=")];
    let text = plain.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
}
