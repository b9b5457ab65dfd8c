//! The report as one HTML page that needs nothing else: no script, no font, no network.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{answer, cell, evidence, findings, plots, provenance, without_node, without_samples};
use crate::report::{Report, Row, Table, Verdict};
use crate::tables::claims;
use crate::verdict::LINE;

const STYLE: &str = include_str!("style.css");
/// A browser that obeys it fetches nothing, whatever the page says.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";
const TITLE: &str = "The document's tables, measured";

/// The whole page.
pub fn render(report: &Report) -> String {
    let missing: Vec<String> = without_samples(report).collect();
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
                        @for (id, name) in parts(report) { li { a href={ "#" (id) } { (name) } } }
                    } }
                }
                main id="main" tabindex="-1" {
                    (found(report))
                    @if let Some(why) = without_node(report) { p { (why) } }
                    @for of in &report.tables { (claimed(of, report)) }
                    (plots::section(report))
                    section aria-labelledby="evidence" {
                        h2 id="evidence" { "Evidence" }
                        p { (LINE) }
                        @if !missing.is_empty() {
                            h3 { "Not measured" }
                            ul { @for why in &missing { li { (why) } } }
                        }
                        @for of in &report.experiments { (evidence::experiment(of)) }
                    }
                }
            }
        }
    }
    .into_string()
}

fn parts(report: &Report) -> Vec<(&str, &str)> {
    let tables = report.tables.iter().filter_map(|table| Some((table.id.as_str(), claims(&table.id)?.title)));
    [("findings", "Findings")].into_iter().chain(tables).chain([("plots", "Plots"), ("evidence", "Evidence")]).collect()
}

fn found(report: &Report) -> Markup {
    html! {
        section aria-labelledby="findings" {
            h2 id="findings" { "Findings" }
            p { "What argues with the document comes first." }
            ol.findings {
                @for row in findings(report) {
                    li { (badge(row.verdict)) " " a href={ "#" (anchor(row)) } { (row.key) } ": " (answer(row)) }
                }
            }
        }
    }
}

fn claimed(table: &Table, report: &Report) -> Markup {
    let Some(claims) = claims(&table.id) else { return html! {} };
    html! {
        section aria-labelledby=(table.id) {
            h2 id=(table.id) { (claims.title) }
            (scroller(claims.title, html! {
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
            }))
        }
    }
}

fn row(row: &Row, columns: &[&str], report: &Report) -> Markup {
    let sides = [("The document", &row.document), ("Measured", &row.measured), ("Node.js: measured", &row.node)];
    html! {
        tr id=(anchor(row)) {
            th scope="row" { (row.key) }
            td { (badge(row.verdict)) p { (answer(row)) } }
            @for &column in columns {
                td {
                    p.column aria-hidden="true" { (column) } // on a phone, where the table's head is not seen
                    dl { @for (side, cells) in sides {
                        @if !cells.is_empty() { dt { (side) } dd { (words(cell(cells, column))) } }
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

fn badge(verdict: Verdict) -> Markup {
    html! { span class={ "verdict " (verdict.name()) } { (verdict.name()) } }
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
pub(super) fn scroller(name: &str, content: Markup) -> Markup {
    html! { div.wide tabindex="0" role="region" aria-label=(name) { (content) } }
}

/// A table of data, each row named by its first cell.
pub(super) fn table(caption: &str, head: &[&str], rows: &[Vec<String>]) -> Markup {
    scroller(
        caption,
        html! {
            table {
                caption { (caption) }
                thead { tr { @for name in head { th scope="col" { (name) } } } }
                tbody { @for row in rows {
                    tr { @for (n, cell) in row.iter().enumerate() {
                        @if n == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                    } }
                } }
            }
        },
    )
}
