//! The report as one HTML page that needs nothing else.

use maud::{DOCTYPE, Markup, html};

use super::{arms, provenance, without_samples};
use crate::report::{Experiment, Report, Row, Table};
use crate::tables::claims;
use crate::verdict::LINE;

const STYLE: &str = "\
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { border: 1px solid; padding: .4rem .6rem; text-align: left; vertical-align: top; }
td q { font-style: italic; }
caption { text-align: left; font-weight: bold; padding: .4rem 0; }
.verdict { font-weight: bold; white-space: nowrap; }";

/// The whole page.
pub fn render(report: &Report) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "The document's tables, measured" }
                style { (STYLE) }
            }
            body {
                h1 { "The document's tables, measured" }
                p { (provenance(report)) "." }
                @for of in &report.tables { (table(of)) }
                @let missing: Vec<String> = without_samples(report).collect();
                @if !missing.is_empty() {
                    h2 { "Not measured" }
                    ul { @for why in &missing { li { (why) } } }
                }
                h2 id="evidence" { "Evidence" }
                p { (LINE) }
                @for of in &report.experiments { (experiment(of)) }
            }
        }
    }
    .into_string()
}

fn table(table: &Table) -> Markup {
    let Some(claims) = claims(&table.id) else { return html! {} };
    html! {
        h2 id=(table.id) { (claims.title) }
        div.wide tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { (claims.key_column) }
                    @for column in claims.columns { th scope="col" { (column) } }
                    th scope="col" { "Verdict" }
                } }
                tbody { @for of in &table.rows { (row(of, claims.columns)) } }
            }
        }
    }
}

fn row(row: &Row, columns: &[&str]) -> Markup {
    let cell = |cells: &std::collections::BTreeMap<String, String>, column: &str| {
        cells.get(column).cloned().unwrap_or_default()
    };
    html! {
        tr {
            th scope="row" { (row.key) }
            @for &column in columns {
                td { p { q { (cell(&row.document, column)) } } p { (cell(&row.measured, column)) } }
            }
            td {
                p.verdict { (row.verdict.name()) }
                p { (row.why) }
                p { "Rule: " (row.rule) }
                p { "Evidence: " @for id in &row.evidence { a href={ "#" (id) } { (id) } " " } }
            }
        }
    }
}

fn experiment(experiment: &Experiment) -> Markup {
    html! {
        h3 id=(experiment.id) { (experiment.id) }
        @if let Some(why) = &experiment.why { p { (why) } }
        @if !experiment.arms.is_empty() {
            div.wide tabindex="0" {
                table {
                    thead { tr { @for head in ["Arm", "Median", "p10 to p90", "Samples"] { th scope="col" { (head) } } } }
                    tbody { @for cells in arms(experiment) { tr { @for cell in cells { td { (cell) } } } } }
                }
            }
        }
        @if !experiment.ratios.is_empty() {
            ul { @for ratio in &experiment.ratios {
                li { (ratio.of[0]) " to " (ratio.of[1]) ": " (crate::tables::times(ratio)) }
            } }
        }
    }
}
