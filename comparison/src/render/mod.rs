//! The report as text: on the terminal, as Markdown, as one HTML page. Everywhere the answer comes first.

use std::collections::BTreeMap;

use crate::experiments;
use crate::report::{Arm, Mode, Report, Row, Status, Verdict};
use crate::tables::sentence;

pub mod class;
pub mod html;
pub mod markdown;
pub mod readme;
pub mod terminal;

mod evidence;
mod plots;

/// What machine and run the report is of, in a line.
fn provenance(report: &Report) -> String {
    let run = &report.run;
    let mode = if run.mode == Mode::Quick { "quick" } else { "full" };
    let (done, all) = (report.experiments.len(), experiments::all().count());
    let (started, seed, seconds) = (&run.started, run.seed, run.seconds);
    format!("{}; {mode} run, {done} of {all} experiments, {started}, seed {seed}, {seconds:.0} s", machine(report))
}

fn machine(report: &Report) -> String {
    let machine = &report.machine;
    let node = machine.node.as_ref().map_or("no Node.js".to_owned(), |version| format!("Node.js {version}"));
    let cpus = if machine.cpus == 1 { "1 CPU" } else { &format!("{} CPUs", machine.cpus) };
    let (kernel, thp, governor) = (&machine.kernel, &machine.thp, &machine.governor);
    format!("{cpus}, Linux {kernel}, huge pages {thp}, governor {governor}, {node}")
}

/// All rows, what argues with the document first.
fn findings(report: &Report) -> Vec<&Row> {
    const ORDER: [Verdict; 4] = [Verdict::Contradicted, Verdict::Depends, Verdict::Unresolved, Verdict::Supported];
    let rows = || report.tables.iter().flat_map(|table| &table.rows);
    ORDER.iter().flat_map(|&verdict| rows().filter(move |row| row.verdict == verdict)).collect()
}

/// The row's answer; the figures that decided it where it has none, and the reason where nothing is decided.
fn answer(row: &Row) -> String {
    match (row.answer.as_str(), row.verdict) {
        ("", _) => row.why.clone(),
        (answer, Verdict::Unresolved) => format!("{answer} {}", row.why),
        (answer, _) => answer.to_owned(),
    }
}

fn cell<'a>(cells: &'a BTreeMap<String, String>, column: &str) -> &'a str {
    cells.get(column).map_or("", String::as_str)
}

/// Why there are no cells of Node.js; `None` where there are.
fn without_node(report: &Report) -> Option<String> {
    if report.tables.iter().flat_map(|table| &table.rows).any(|row| !row.node.is_empty()) {
        return None;
    }
    let why = match &report.machine.node {
        Some(version) => format!("no row has any, though Node.js {version} is there"),
        None => "it is not installed, or was not to be used (--no-node)".to_owned(),
    };
    Some(format!("The columns of the real Node.js are left out: {why}."))
}

/// The experiments that have no samples, with the reason.
fn without_samples(report: &Report) -> impl Iterator<Item = String> {
    let missing = report.experiments.iter().filter(|experiment| experiment.status != Status::Ok);
    missing.map(|experiment| {
        let what = if experiment.status == Status::Failed { "failed" } else { "left out" };
        format!("{} {what}: {}", experiment.id, experiment.why.as_deref().unwrap_or("no reason given"))
    })
}

/// A value of an arm, with its unit.
fn figure(arm: &Arm, value: f64) -> String {
    match arm.unit.as_str() {
        "ns" => crate::tables::time(value),
        "ms" => crate::tables::time(value * 1e6),
        unit if value.fract() == 0.0 => format!("{value} {unit}"),
        unit => format!("{value:.1} {unit}"),
    }
}
