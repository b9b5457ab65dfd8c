//! The report as text: on the terminal, as Markdown, as one HTML page. Everywhere the answer comes first.

use itertools::Itertools;

use crate::experiments;
use crate::report::{Mode, Report, Row, Status, Table, Verdict};
use crate::tables::{Claims, claims, is_measured, sentence};
use crate::verdict::{Missing, find};

pub mod class;
pub mod html;
pub mod markdown;
pub mod readme;
pub mod terminal;

mod evidence;
mod plots;

/// What machine and run the report is of, in a line.
fn provenance(report: &Report) -> String {
    let (machine, run) = (&report.machine, &report.run);
    let cpus = if machine.cpus == 1 { "1 CPU".to_owned() } else { format!("{} CPUs", machine.cpus) };
    let node = machine.node.as_ref().map_or("no Node.js".to_owned(), |version| format!("Node.js {version}"));
    let mode = if run.mode == Mode::Quick { "quick" } else { "full" };
    let done = report.experiments.iter().filter(|one| one.status == Status::Ok).count();
    let all = experiments::all().count();
    format!(
        "{cpus}, Linux {}, huge pages {}, governor {}, {node}; {mode} run, {done} of {all} experiments, {}, seed {}, \
         {:.0} s",
        machine.kernel, machine.thp, machine.governor, run.started, run.seed, run.seconds
    )
}

/// The tables that this program knows, with their claims.
fn known(report: &Report) -> impl Iterator<Item = (&'static Claims, &Table)> {
    report.tables.iter().filter_map(|table| Some((claims(&table.id)?, table)))
}

fn rows(report: &Report) -> impl Iterator<Item = &Row> {
    report.tables.iter().flat_map(|table| &table.rows)
}

/// All rows, what argues with the document first, what was not measured last.
fn findings(report: &Report) -> Vec<&Row> {
    const ORDER: [Verdict; 4] = [Verdict::Contradicted, Verdict::Depends, Verdict::Unresolved, Verdict::Supported];
    let order = |row: &&Row| (!is_measured(row), ORDER.iter().position(|verdict| *verdict == row.verdict));
    rows(report).sorted_by_key(order).collect()
}

/// The row's answer; the figures that decided it where it has none, and the reason where nothing is decided.
fn answer(row: &Row) -> String {
    match (row.answer.as_str(), row.verdict) {
        ("", _) => row.why.clone(),
        (answer, Verdict::Unresolved) => format!("{answer} {}", row.why),
        (answer, _) => answer.to_owned(),
    }
}

/// What decided a row, by which rule, from what.
fn grounds(row: &Row) -> String {
    format!("{} Rule: {} Evidence: {}.", sentence(&row.why), sentence(&row.rule), row.evidence.join(", "))
}

/// Whose cells a row has.
const SIDES: [&str; 3] = ["the document", "measured", "Node.js: measured"];

/// What stands in that column, side by side.
fn cells<'a>(row: &'a Row, column: &str) -> [&'a str; 3] {
    [&row.document, &row.measured, &row.node].map(|side| side.get(column).map_or("", String::as_str))
}

/// Why there are no cells of Node.js; `None` where there are.
fn without_node(report: &Report) -> Option<String> {
    let why = match &report.machine.node {
        _ if rows(report).any(|row| !row.node.is_empty()) => return None,
        Some(version) => format!("no row has any, though Node.js {version} is there"),
        None => "it is not installed, or was not to be used (--no-node)".to_owned(),
    };
    Some(format!("The columns of the real Node.js are left out: {why}."))
}

/// The experiments that have no samples, with the reason.
fn without_samples(report: &Report) -> Vec<String> {
    let missing = report.experiments.iter().filter_map(|one| find(&report.experiments, &one.id).err());
    missing.map(|Missing(why)| why).collect()
}
