//! The report as one HTML page that needs nothing else: no script, no font, no network.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{SIDES, answer, cells, evidence, findings, known, plots, provenance, without_node};
use crate::report::{Report, Row, Table};
use crate::tables::Claims;

const STYLE: &str = include_str!("style.css");
/// A browser that obeys it fetches nothing, whatever the page says.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";
const TITLE: &str = "The document's tables, measured";

/// The whole page.
pub fn render(report: &Report) -> String {
    let tables = known(report).map(|(claims, table)| (claims.id, claims.title, claimed(claims, table, report)));
    let mut parts = vec![("findings", "Findings", found(report))];
    parts.extend(tables);
    parts.extend([("plots", "Plots", plots::all(report)), ("evidence", "Evidence", evidence::all(report))]);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (TITLE) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "To the findings" }
                header {
                    h1 { (TITLE) }
                    p { (provenance(report)) "." }
                    nav aria-label="Parts of this page" { ul {
                        @for (id, title, _) in &parts { li { a href={ "#" (id) } { (title) } } }
                    } }
                }
                main id="main" tabindex="-1" {
                    @for (id, title, content) in &parts {
                        section aria-labelledby=(id) { h2 id=(id) { (title) } (content) }
                    }
                }
            }
        }
    }
    .into_string()
}

fn found(report: &Report) -> Markup {
    html! {
        p { "What argues with the document comes first." }
        ol.findings { @for row in findings(report) {
            li { (badge(row)) " " a href={ "#" (anchor(row)) } { (row.key) } ": " (answer(row)) }
        } }
        @if let Some(why) = without_node(report) { p { (why) } }
    }
}

fn claimed(claims: &Claims, table: &Table, report: &Report) -> Markup {
    html! { (scroller(claims.title, html! {
        table.claims {
            caption { "What the document says, and what was measured" }
            thead { tr {
                th scope="col" { (claims.key_column) }
                th scope="col" { "Verdict and answer" }
                @for column in claims.columns { th scope="col" { (column) } }
                th scope="col" { "Rule and evidence" }
            } }
            tbody { @for of in &table.rows { (row(of, claims.columns, report)) } }
        }
    })) }
}

fn row(row: &Row, columns: &[&str], report: &Report) -> Markup {
    html! {
        tr id=(anchor(row)) {
            th scope="row" { (row.key) }
            td { (badge(row)) p { (answer(row)) } }
            @for column in columns {
                td {
                    p.column aria-hidden="true" { (column) } // on a phone, where the table's head is not seen
                    dl { @for (side, cell) in SIDES.iter().zip(cells(row, column)) {
                        @if !cell.is_empty() { dt { (side) } dd { (words(cell)) } }
                    } }
                }
            }
            td.small {
                p { "Rule: " (row.rule) }
                p { "Figures: " (row.why) }
                p { "Evidence: " @for id in &row.evidence { (reference(id, report)) " " } }
            }
        }
    }
}

/// An experiment's name, which leads to it where it was run.
fn reference(id: &str, report: &Report) -> Markup {
    let there = report.experiments.iter().any(|experiment| experiment.id == id);
    html! { @if there { a href={ "#" (id) } { (id) } } @else { (id) } }
}

fn badge(row: &Row) -> Markup {
    html! { span class={ "verdict " (row.verdict.name()) } { (row.verdict.name()) } }
}

/// The document's words: between backquotes stands code.
fn words(text: &str) -> Markup {
    html! {
        @for (n, part) in text.split('`').enumerate() { @if n % 2 == 1 { code { (part) } } @else { (part) } }
    }
}

/// Its key as a name in the page.
fn anchor(row: &Row) -> String {
    format!("row-{}", row.key.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-"))
}

/// What may be wider than a phone scrolls by itself, and by the keyboard, too.
fn scroller(name: &str, content: Markup) -> Markup {
    html! { div.wide tabindex="0" role="region" aria-label=(name) { (content) } }
}

/// A table of data, each row named by its first cell.
pub(super) fn table(caption: &str, head: &[&str], rows: &[Vec<String>]) -> Markup {
    html! { (scroller(caption, html! {
        table {
            caption { (caption) }
            thead { tr { @for name in head { th scope="col" { (name) } } } }
            tbody { @for row in rows {
                tr { @for (n, cell) in row.iter().enumerate() {
                    @if n == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                } }
            } }
        }
    })) }
}
