//! Many machines' reports as one: on how many does each claim hold, and how far apart are the ratios that decide?

use std::collections::BTreeMap;

use super::schema::Report;
use super::text::{SUBJECTS, provenance, sides};
use crate::claims::assess::Condition;
use crate::claims::words::times;
use crate::claims::{ALL, Judgement, Verdict};

const HEAD: [&str; 9] =
    ["claim", "subject", "supported", "depends", "contradicted", "unresolved", "deciding ratio", "least", "most"];

/// Lines of cells: a head, then for each claim and subject the verdicts and the deciding ratios.
pub fn rows(reports: &[&Report]) -> Vec<Vec<String>> {
    let mut lines = vec![HEAD.map(str::to_owned).to_vec()];
    for claim in ALL.iter().flat_map(|claims| claims.rows) {
        for subject in SUBJECTS {
            let rows = reports.iter().flat_map(|report| report.rows()).filter(|row| row.key == claim.key);
            let judgements = rows.flat_map(sides).filter(|(name, _)| *name == subject).map(|(_, side)| side);
            let judgements: Vec<&Judgement> = judgements.collect();
            if !judgements.is_empty() {
                let mut line = vec![claim.key.to_owned(), subject.to_owned()];
                let count = |verdict| judgements.iter().filter(|side| side.verdict == verdict).count();
                line.extend(Verdict::ALL.map(|verdict| count(verdict).to_string()));
                line.extend(deciding(&judgements));
                lines.push(line);
            }
        }
    }
    lines
}

/// The first condition that rests on a ratio: what it is, its least and its most among the machines.
fn deciding(judgements: &[&Judgement]) -> [String; 3] {
    let ratio = |one: &Condition| Some((one.text.split(':').next()?.to_owned(), one.ratio.as_ref()?.median));
    let first = |judgement: &&Judgement| judgement.conditions.iter().find_map(ratio);
    let all: Vec<(String, f64)> = judgements.iter().filter_map(first).collect();
    let Some((what, _)) = all.first() else { return ["counts".to_owned(), String::new(), String::new()] };
    let values = || all.iter().map(|(_, value)| *value);
    [what.clone(), times(values().fold(f64::MAX, f64::min)), times(values().fold(0.0, f64::max))]
}

/// The reports with each machine once: its latest. What makes a machine: CPUs, kernel, huge pages, governor.
pub fn one_per_machine(reports: &[(String, Report)]) -> (Vec<&Report>, Vec<String>) {
    let mut latest = BTreeMap::new();
    let mut notes = Vec::new();
    let mut by_time: Vec<&(String, Report)> = reports.iter().collect();
    by_time.sort_by_key(|(_, report)| &report.run.started);
    for next in by_time {
        let machine = &next.1.machine;
        let earlier = latest.insert((machine.cpus, &machine.kernel, &machine.thp, &machine.governor), next);
        if let Some((earlier, _)) = earlier {
            notes.push(format!("{earlier} and {} are of one machine, by CPUs and kernel: the later counts", next.0));
        }
    }
    notes.extend(latest.values().map(|(file, report)| format!("{file}: {}", provenance(report))));
    (latest.into_values().map(|(_, report)| report).collect(), notes)
}

/// The lines as a table for a terminal.
pub fn table(lines: &[Vec<String>]) -> String {
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
    let mut text = String::new();
    for line in lines {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        text += cells.collect::<Vec<_>>().join("  ").trim_end();
        text += "\n";
    }
    text
}

/// The lines as comma-separated values.
pub fn csv(lines: &[Vec<String>]) -> String {
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\"").replace('\u{a0}', " "));
    lines.iter().map(|line| line.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n").collect()
}
