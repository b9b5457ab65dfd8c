//! Many machines' reports as one: on how many does each claim hold, and how far apart are the figures?

use super::provenance;
use super::terminal::{grid, paragraph};
use crate::report::{Report, Verdict};
use crate::stats::quantile;
use crate::tables::{ALL, Claims, precise};

const VERDICTS: [(&str, Verdict); 4] = [
    ("support", Verdict::Supported),
    ("contradict", Verdict::Contradicted),
    ("depend", Verdict::Depends),
    ("unresolved", Verdict::Unresolved),
];

/// The machines, and for each of the three tables the verdicts counted and the ratios compared; `width` columns wide.
/// Each report comes with the name of its file; one that comes twice is counted once.
pub fn render(reports: &[(String, Report)], width: u16) -> String {
    let mut text = String::new();
    let mut machines: Vec<&Report> = Vec::new();
    for (n, (file, report)) in reports.iter().enumerate() {
        let line = match reports[..n].iter().find(|(_, other)| other == report) {
            Some((first, _)) => format!("- {file} is the same report as {first}: counted once"),
            None => {
                machines.push(report);
                format!("{} {file}: {}", machines.len(), provenance(report))
            }
        };
        text += &paragraph(&line, width.into());
    }
    let count = machines.len();
    let title = format!("\nHow many of {count} machines support each claim, and the ratios on them\n");
    text += &paragraph(&title, width.into());
    for claims in ALL {
        text += &format!("\n{}\n{}\n", claims.title, verdicts(claims, &machines, width));
        text += &ratios(claims, &machines, width);
    }
    text
}

fn rows<'a>(claims: &Claims, report: &'a Report) -> &'a [crate::report::Row] {
    report.tables.iter().find(|table| table.id == claims.id).map_or(&[], |table| &table.rows)
}

fn verdicts(claims: &Claims, machines: &[&Report], width: u16) -> comfy_table::Table {
    let mut table = grid(width);
    table.set_header([claims.key_column].into_iter().chain(VERDICTS.map(|(name, _)| name)));
    for key in claims.keys() {
        let count = |verdict| {
            let rows = machines.iter().flat_map(|report| rows(claims, report));
            rows.filter(|row| row.key == key && row.verdict == verdict).count().to_string()
        };
        table.add_row([key.to_owned()].into_iter().chain(VERDICTS.map(|(_, verdict)| count(verdict))));
    }
    table
}

/// The first ratio of each experiment that the table rests on: its median over the machines, and where it is least and
/// most.
fn ratios(claims: &Claims, machines: &[&Report], width: u16) -> String {
    let mut ids: Vec<&str> = Vec::new();
    for id in machines.iter().flat_map(|report| rows(claims, report)).flat_map(|row| &row.evidence) {
        if !ids.contains(&id.as_str()) {
            ids.push(id);
        }
    }
    let mut table = grid(width);
    table.set_header(["Ratio", "median", "range (machine)"]);
    for id in ids {
        let experiments = || machines.iter().map(|report| report.experiments.iter().find(|one| one.id == id));
        let key = experiments().flatten().find_map(|one| one.ratios.iter().find(|r| !r.of[0].starts_with("control")));
        let Some([above, below]) = key.map(|ratio| &ratio.of) else { continue };
        let mut values: Vec<(f64, usize)> = experiments()
            .zip(1..)
            .filter_map(|(one, machine)| Some((one?.ratio([above.as_str(), below.as_str()])?.median, machine)))
            .collect();
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        let sorted: Vec<f64> = values.iter().map(|(value, _)| *value).collect();
        let ends = [values[0], values[values.len() - 1]].map(|(value, on)| format!("{} ({on})", precise(value)));
        let median = precise(quantile(&sorted, 0.5));
        table.add_row([format!("{id}: {above} to {below}"), median, ends.join(" to ")]);
    }
    if table.is_empty() { String::new() } else { format!("{table}\n") }
}
