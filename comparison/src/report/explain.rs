//! Why a row has its verdict: the rule, what was asked of the samples, every ratio, who else was busy.

use super::schema::Report;
use super::text::{difference, sides, wrap};
use crate::claims::Row;
use crate::claims::words::{interval, time, times};
use crate::measure::samples::Experiment;

/// All of a row, `width` columns wide.
pub fn row(report: &Report, row: &Row, width: usize) -> String {
    let mut lines = vec![row.key.clone()];
    let mut paragraph = |indent: usize, text: &str| {
        let wrapped = wrap(text, width.saturating_sub(indent + 2));
        for (place, line) in wrapped.iter().enumerate() {
            lines.push(format!("{:indent$}{}{line}", "", if place == 0 { "" } else { "  " }));
        }
    };
    paragraph(2, &format!("The document: {}", row.document.values().cloned().collect::<Vec<_>>().join(" / ")));
    if let Some(difference) = difference(row) {
        paragraph(2, &difference);
    }
    paragraph(2, &format!("Rule: {}", row.rule));
    for (name, side) in sides(row) {
        paragraph(2, &format!("{name}: {}. {}", side.verdict.name(), side.answer));
        side.reasons().iter().for_each(|reason| paragraph(4, reason));
    }
    for id in &row.evidence {
        if let Some(experiment) = report.experiments.iter().find(|experiment| experiment.id == *id) {
            paragraph(2, &neighbours(experiment));
            for line in figures(experiment) {
                paragraph(4, &line);
            }
        }
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

/// What was measured, how long it took, and who else was busy.
pub(super) fn neighbours(experiment: &Experiment) -> String {
    let by = experiment.others.most.as_ref().map_or(String::new(), |name| format!(", most of it {name}"));
    let why = experiment.why.as_ref().map_or(String::new(), |why| format!("; {why}"));
    format!("{} ({:.1} s; others used {:.1} CPUs{by}{why})", experiment.id, experiment.seconds, experiment.others.cpus)
}

/// Every arm and every ratio of an experiment, a line each.
pub fn figures(experiment: &Experiment) -> Vec<String> {
    let arms = experiment.arms.iter().map(|arm| {
        let figure = |figure| if arm.unit == "ns" { time(figure) } else { format!("{figure} {}", arm.unit) };
        let varies = arm.p10 != arm.p90;
        let spread = if varies { format!("{} to {}, ", figure(arm.p10), figure(arm.p90)) } else { String::new() };
        let (median, samples, processes) = (figure(arm.median), arm.count(), arm.processes.len());
        format!("{}: {median} ({spread}{samples} samples, {processes} processes)", arm.name)
    });
    let ratios = experiment
        .ratios
        .iter()
        .map(|ratio| format!("{} to {}: {} ({})", ratio.of[0], ratio.of[1], times(ratio.median), interval(ratio)));
    arms.chain(ratios).collect()
}
