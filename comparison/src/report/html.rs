//! The report as one page that needs nothing else: no script, no font, no network.

use super::plots::{self, Line};
use super::schema::Report;
use super::text::{claims_of, difference, mark, not_measured, of_subject, provenance, tally};
use crate::claims::assess::BUSY;
use crate::claims::{Claims, Judgement, Row, Verdict};
use crate::measure::samples::Experiment;

const STYLE: &str = include_str!("style.css");
/// A browser that obeys it fetches nothing, whatever the page says.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The whole page.
pub fn render(report: &Report) -> String {
    let title = headline(report);
    let mut body = format!(
        "<header><h1>{}</h1><p class=faint>{}.</p>{}</header><main>",
        escape(&title),
        escape(&provenance(report)),
        bars(report)
    );
    body += &notices(report);
    for table in &report.tables {
        let Some(claims) = claims_of(table) else { continue };
        body += &format!("<section><h2 id=\"{}\">{}</h2>", claims.id, claims.title);
        body += &head(claims, report.machine.node.is_some());
        for row in &table.rows {
            body += &draw_row(row, claims, report);
        }
        body += "</table></section>";
    }
    body += "<p class=faint>Charts: how many times as much, with its 95 % interval (log scale; round: Rust, square: \
        Node.js); grey band: within 1.2 ×, too little to count.</p>";
    body += &samples(report);
    format!(
        "<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8>\
         <meta http-equiv=Content-Security-Policy content=\"{POLICY}\">\
         <meta name=viewport content=\"width=device-width, initial-scale=1\">\
         <meta name=description content=\"The claims of Process vs Threads in Node.js, measured on one machine\">\
         <meta name=color-scheme content=\"light dark\"><title>{}</title><style>{STYLE}</style></head>\
         <body>{body}</main></body></html>\n",
        escape(&title)
    )
}

/// For HTML, in text and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace('"', "&quot;").replace('\'', "&#39;")
}

/// The document's words hold a few terms in backquotes.
fn words(text: &str) -> String {
    let escaped = escape(text);
    let parts: Vec<&str> = escaped.split('`').collect();
    let code = |(place, part): (usize, &&str)| {
        if place % 2 == 1 { format!("<code>{part}</code>") } else { (*part).to_owned() }
    };
    parts.iter().enumerate().map(code).collect()
}

fn headline(report: &Report) -> String {
    let sentence = |node: bool| {
        let all = of_subject(report, node);
        let count = |verdict| tally(&all, verdict);
        let open = count(Verdict::Unresolved);
        let open = if open > 0 { format!(", {open} open") } else { String::new() };
        format!(
            "{} of {} claims hold, {} in part, {} wrong{open}",
            count(Verdict::Supported),
            all.len(),
            count(Verdict::Depends),
            count(Verdict::Contradicted)
        )
    };
    let node = if report.machine.node.is_some() { format!("; in Node.js {}", sentence(true)) } else { String::new() };
    format!("“Process vs Threads in Node.js” on this machine: in Rust {}{node}", sentence(false))
}

/// A bar a subject: as long as its tally; patterns tell what colours do.
fn bars(report: &Report) -> String {
    let mut text = String::new();
    for (name, node) in [("Rust", false), ("Node.js", true)] {
        let all = of_subject(report, node);
        if all.is_empty() {
            continue;
        }
        text += &format!("<p class=tally><span class=subject>{name}</span>");
        for verdict in Verdict::ALL {
            let count = tally(&all, verdict);
            if count > 0 {
                text += &format!("<span class=\"bar {0}\" style=\"flex:{count}\">{count} {0}</span>", verdict.name());
            }
        }
        text += "</p>";
    }
    text
}

fn notices(report: &Report) -> String {
    let busy = report.experiments.iter().filter(|one| one.others.cpus >= BUSY);
    let most = busy.clone().map(|one| one.others.cpus).fold(0.0, f64::max);
    let count = busy.count();
    let mut text = String::new();
    if count > 0 {
        text += &format!(
            "<p class=notice><b>Run again on a quiet machine:</b> something else used up to {most:.1} CPUs during {count} experiments.</p>"
        );
    }
    for why in not_measured(report) {
        text += &format!("<p class=notice>{}.</p>", escape(&why));
    }
    if report.machine.node.is_none() {
        text += "<p class=notice>Without Node.js: it is not installed, or was not to be used.</p>";
    }
    text
}

fn head(claims: &Claims, with_node: bool) -> String {
    let node = if with_node { "<th scope=col>Node.js</th>" } else { "" };
    let columns: String = claims.columns.iter().map(|column| format!("<th scope=col>{column}</th>")).collect();
    format!(
        "<table class=claims><thead><tr><th scope=col>Rust</th>{node}<th scope=col>{}</th>{columns}<th scope=col>How many times?</th></tr></thead>",
        claims.key_column
    )
}

fn draw_row(row: &Row, claims: &Claims, report: &Report) -> String {
    let sides: Vec<(&str, &Judgement)> = [("Rust", Some(&row.rust)), ("Node.js", row.node.as_ref())]
        .into_iter()
        .filter_map(|(name, side)| Some((name, side?)))
        .collect();
    let mut text = format!("<tbody id=\"{}\"><tr>", anchor(&row.key));
    for (name, side) in &sides {
        let verdict = side.verdict;
        text += &format!(
            "<td class=\"verdict {0}\" data-label=\"{name}\">{1} {0}</td>",
            verdict.name(),
            mark(verdict, false)
        );
    }
    text += &format!("<th scope=row>{}</th>", escape(&row.key));
    for column in claims.columns {
        text += &format!(
            "<td data-label=\"{column}\"><p class=quote>“{}”</p>",
            words(row.document.get(*column).map_or("", String::as_str))
        );
        for (name, side) in &sides {
            if let Some(cell) = side.cells.get(*column) {
                text += &format!("<p><span class=faint>{name}</span> {}</p>", words(cell));
            }
        }
        text += "</td>";
    }
    let mut lines: Vec<Line> = Vec::new();
    for (name, side) in &sides {
        lines.extend(plots::lines(side, *name == "Node.js"));
    }
    let few: Vec<Line> =
        sides.iter().filter_map(|(name, side)| plots::lines(side, *name == "Node.js").into_iter().next()).collect();
    let chart = if few.is_empty() { "counted".to_owned() } else { plots::small(&few) };
    text += &format!("<td data-label=\"How many times?\">{chart}</td></tr>");
    let span = sides.len() + claims.columns.len() + 2;
    text += &format!(
        "<tr class=more><td colspan={span}>{}{}</td></tr></tbody>",
        illustrations(row, report),
        details(row, &sides, &lines, report)
    );
    text
}

/// What explains the row, if anything was measured for that.
fn illustrations(row: &Row, report: &Report) -> String {
    let drawn = match row.key.as_str() {
        "Overhead" => plots::by_parent(&report.experiments),
        "CPU-intensive operations" => plots::by_size(&report.experiments),
        _ => None,
    };
    drawn.unwrap_or_default()
}

fn details(row: &Row, sides: &[(&str, &Judgement)], lines: &[Line], report: &Report) -> String {
    let mut text = format!("<details><summary>Why? {}</summary>", escape(&row.rust.answer));
    if let Some(difference) = difference(row) {
        text += &format!("<p><b>{}</b></p>", escape(&difference));
    }
    text += &format!("<p>Rule: {}</p>", words(&row.rule));
    for (name, side) in sides {
        text += &format!("<h3>{name}: {}</h3><p>{}</p>", side.verdict.name(), words(&side.answer));
        if side.is_measured() {
            let item = |one: &crate::claims::assess::Condition| format!("<li>{} {}</li>", one.mark(), words(&one.text));
            text += &format!("<ul>{}</ul>", side.conditions.iter().map(item).collect::<String>());
        } else {
            text += &format!("<p>{}</p>", escape(&side.why));
        }
    }
    if lines.len() > 2 {
        text += &plots::forest(&row.rust.answer, lines, plots::floor(&report.experiments, &row.evidence));
    }
    let link = |id: &String| match report.experiments.iter().any(|one| one.id == *id) {
        true => format!("<a href=\"#{}\">{id}</a> ", anchor(id)),
        false => format!("{id} "),
    };
    text += &format!("<p>Evidence: {}</p></details>", row.evidence.iter().map(link).collect::<String>());
    text
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
    let why = experiment.why.as_ref().map_or(String::new(), |why| format!(" {why}."));
    let figures = super::explain::figures(experiment).join("\n");
    let mut lines = String::new();
    for arm in &experiment.arms {
        let process = |taken: &Vec<f64>| taken.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
        let processes: Vec<String> = arm.processes.iter().map(process).collect();
        lines += &format!("\n{} ({}): {}", arm.name, arm.unit, processes.join(" | "));
    }
    format!(
        "<h3 id=\"{}\">{}</h3><p>Others used {:.1} CPUs.{}</p><pre>{}\n{}</pre>",
        anchor(&experiment.id),
        escape(&experiment.id),
        experiment.others.cpus,
        escape(&why),
        escape(&figures),
        escape(&lines)
    )
}
