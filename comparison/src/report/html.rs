//! The report as one page that needs nothing else: no script, no font, no network.

use super::schema::Report;
use super::text::{difference, escape, mark, notes, provenance, sides, subjects, tallies};
use super::{explain, plots};
use crate::claims::{Judgement, Row, Table, Verdict, illustrations};
use crate::measure::samples::Experiment;

const STYLE: &str = include_str!("style.css");
/// A browser that obeys it fetches nothing, whatever the page says.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The whole page: the findings on its first screen, the document's tables with what decided each row, the samples.
pub fn render(report: &Report) -> String {
    let title = escape(&headline(report));
    let notices: String = notes(report).iter().map(|note| format!("<p class=notice>{}</p>", escape(note))).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8>\
         <meta http-equiv=Content-Security-Policy content=\"{POLICY}\">\
         <meta name=viewport content=\"width=device-width, initial-scale=1\">\
         <meta name=description content=\"The 14 claims of Process vs Threads in Node.js, measured on one machine\">\
         <title>{title}</title><style>{}{STYLE}</style></head>\
         <body><header><h1>{title}</h1><p class=faint>{}.</p>{}{notices}</header><main>{}{}{}</main></body></html>\n",
        plots::COLOURS,
        escape(&provenance(report)),
        bars(report),
        findings(report),
        report.tables.iter().map(|table| document(table, report)).collect::<String>(),
        samples(report)
    )
}

/// The document's words hold a few terms in backquotes.
fn words(text: &str) -> String {
    let escaped = escape(text);
    let parts = escaped.split('`').enumerate();
    parts.map(|(place, part)| if place % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }).collect()
}

/// The verdict on the document, in a sentence.
pub(super) fn headline(report: &Report) -> String {
    let mut text = "“Process vs Threads in Node.js”, measured:".to_owned();
    for (name, [hold, depends, wrong, unresolved]) in tallies(report) {
        let all = hold + depends + wrong + unresolved;
        text += &format!(" in {name} {hold} of {all} claims hold, {wrong} wrong;");
    }
    text.trim_end_matches(';').to_owned()
}

/// A bar for each subject, divided as its tally; patterns and words carry what colours do.
fn bars(report: &Report) -> String {
    let mut text = String::new();
    for (name, counts) in tallies(report) {
        text += &format!("<p class=tally><span class=subject>{name}</span>");
        for (verdict, count) in Verdict::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0) {
            let (mark, verdict) = (mark(verdict), verdict.name());
            text +=
                &format!("<span class=\"bar {verdict}\" style=\"flex-grow:{count}\">{mark} {count} {verdict}</span>");
        }
        text += "</p>";
    }
    text
}

/// The heads of a table: a verdict for each subject, then these.
fn head(report: &Report, columns: &[&str]) -> String {
    let cells: String =
        subjects(report).iter().chain(columns).map(|name| format!("<th scope=col>{name}</th>")).collect();
    format!("<thead><tr>{cells}</tr></thead>")
}

fn verdicts(row: &Row) -> String {
    let cell = |(name, side): (&str, &Judgement)| {
        format!("<td class=\"verdict {0}\" data-label=\"{name}\">{1} {0}</td>", side.verdict.name(), mark(side.verdict))
    };
    sides(row).map(cell).collect()
}

/// The first screen: every row with its answer and its ratios.
fn findings(report: &Report) -> String {
    let mut pictures = plots::of_rows(report).into_iter();
    let mut text = format!(
        "<section><table class=findings>{}",
        head(report, &["Claim", "The document says", "Found", "How many times?"])
    );
    let span = 4 + subjects(report).len();
    for table in &report.tables {
        text += &format!("<tbody><tr><th colspan={span} scope=rowgroup>{}</th></tr>", table.claims().title);
        for row in &table.rows {
            let quotes: Vec<String> = row.document.values().map(|cell| words(cell)).collect();
            let other = |node: &Judgement| format!(" <b>Node.js:</b> {}", words(&node.answer));
            let node = row.differing_node().map_or(String::new(), other);
            text += &format!(
                "<tr>{}<th scope=row><a href=\"#{}\">{}</a></th><td class=quote>“{}”</td><td>{}{node}</td><td>{}</td></tr>",
                verdicts(row),
                anchor(&row.key),
                escape(&row.key),
                quotes.join("; "),
                words(&row.rust.answer),
                pictures.next().unwrap_or_default()
            );
        }
        text += "</tbody>";
    }
    format!("{text}</table><p class=faint>{}</p></section>", plots::LEGEND.join(" "))
}

/// One of the document's tables in its own shape, with what decided each row below it.
fn document(table: &Table, report: &Report) -> String {
    let claims = table.claims();
    let columns = [&[claims.key_column], claims.columns].concat();
    let span = columns.len() + subjects(report).len();
    let mut text = format!("<section><h2>{}</h2><table class=claims>{}", claims.title, head(report, &columns));
    for row in &table.rows {
        text +=
            &format!("<tbody id=\"{}\"><tr>{}<th scope=row>{}</th>", anchor(&row.key), verdicts(row), escape(&row.key));
        for (column, quote) in &row.document {
            text += &format!("<td data-label=\"{column}\"><p class=quote>“{}”</p>", words(quote));
            for (name, side) in sides(row) {
                let cell = side.cells.get(column).map_or("not measured", String::as_str);
                text += &format!("<p><span class=faint>{name}</span> {}</p>", words(cell));
            }
            text += "</td>";
        }
        let illustration = illustrations::of(&row.key, &report.experiments);
        text += &format!(
            "</tr><tr class=more><td colspan={span}><div>{}{}</div></td></tr></tbody>",
            illustration.map_or(String::new(), |drawn| plots::illustrate(&drawn)),
            details(row, report)
        );
    }
    text + "</table></section>"
}

fn details(row: &Row, report: &Report) -> String {
    let first = difference(row).unwrap_or_else(|| row.rust.answer.clone());
    let mut text = format!("<details><summary>Why? {}</summary>", words(&first));
    text += &format!("<p>Rule: {}</p>", words(&row.rule));
    for (name, side) in sides(row) {
        text += &format!("<h3>{name}: {}</h3><p>{}</p><ul>", side.verdict.name(), words(&side.answer));
        text.extend(side.reasons().iter().map(|reason| format!("<li>{}</li>", words(reason))));
        text += "</ul>";
    }
    let done = |id: &String| report.experiments.iter().any(|one| one.id == *id);
    let link = |id: &String| if done(id) { format!("<a href=\"#{}\">{id}</a> ", anchor(id)) } else { format!("{id} ") };
    text + &format!("<p>Evidence: {}</p></details>", row.evidence.iter().map(link).collect::<String>())
}

/// An id that any selector can name.
fn anchor(text: &str) -> String {
    let letters = text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    format!("x-{}", letters.collect::<String>())
}

fn samples(report: &Report) -> String {
    let all: String = report.experiments.iter().map(sample).collect();
    format!(
        "<section><h2 id=samples>Samples</h2><details><summary>Every experiment, its ratios and its samples</summary>{all}</details></section>"
    )
}

fn sample(experiment: &Experiment) -> String {
    let mut lines = vec![explain::neighbours(experiment)];
    lines.extend(explain::figures(experiment));
    for arm in &experiment.arms {
        let process = |taken: &Vec<f64>| taken.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
        let processes: Vec<String> = arm.processes.iter().map(process).collect();
        lines.push(format!("{} ({}): {}", arm.name, arm.unit, processes.join(" | ")));
    }
    let (anchor, id) = (anchor(&experiment.id), escape(&experiment.id));
    format!("<h3 id=\"{anchor}\">{id}</h3><pre>{}</pre>", escape(&lines.join("\n")))
}
