//! Many machines' reports as one: on how many does each claim hold, and how far apart are the figures?

use comfy_table::Table;
use itertools::Itertools;

use super::terminal::{grid, paragraph};
use super::{provenance, rows};
use crate::experiments;
use crate::report::{Experiment, Report, Verdict};
use crate::stats::quantile;
use crate::tables::{ALL, Claims, precise};

const HEADS: [&str; 4] = ["support", "contradict", "depend", "unresolved"];
const VERDICTS: [Verdict; 4] = [Verdict::Supported, Verdict::Contradicted, Verdict::Depends, Verdict::Unresolved];

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
    text += &paragraph(
        &format!("\nHow many of {count} machines support each claim, and the ratios on them\n"),
        width.into(),
    );
    for claims in ALL {
        text += &format!("\n{}\n{}\n", claims.title, verdicts(claims, &machines, width));
    }
    text + &format!("\nRatios\n{}\n", ratios(&machines, width))
}

fn verdicts(claims: &Claims, machines: &[&Report], width: u16) -> Table {
    let mut table = grid(width, [claims.key_column].into_iter().chain(HEADS));
    for key in claims.keys() {
        let rows = || machines.iter().flat_map(|report| rows(report)).filter(|row| row.key == key);
        let counts = VERDICTS.map(|verdict| rows().filter(|row| row.verdict == verdict).count().to_string());
        table.add_row([key.to_owned()].into_iter().chain(counts));
    }
    table
}

/// The first ratio of each experiment: its median over the machines, and where it is least and most.
fn ratios(machines: &[&Report], width: u16) -> Table {
    let mut table = grid(width, ["Ratio", "median", "range (machine)"]);
    for id in experiments::all().map(|spec| spec.id) {
        let on = machines.iter().map(|report| report.experiments.iter().find(|one| one.id == id)).collect_vec();
        let mut all = on.iter().flatten().flat_map(|one| &one.ratios);
        let Some(first) = all.find(|ratio| !ratio.of[0].starts_with("control")) else { continue };
        let [above, below] = [first.of[0].as_str(), first.of[1].as_str()];
        let ratio =
            |(one, machine): (&Option<&Experiment>, usize)| Some(((*one)?.ratio([above, below])?.median, machine));
        let values = on.iter().zip(1..).filter_map(ratio).sorted_by(|a, b| a.0.total_cmp(&b.0)).collect_vec();
        let sorted = values.iter().map(|(value, _)| *value).collect_vec();
        let ends = [values[0], values[values.len() - 1]].map(|(value, on)| format!("{} ({on})", precise(value)));
        table.add_row([format!("{id}: {above} to {below}"), precise(quantile(&sorted, 0.5)), ends.join(" to ")]);
    }
    table
}
