//! Why a row has its verdict: the rule, what was asked of the samples, every ratio, who else was busy.

use super::schema::Report;
use super::text::{difference, sides, wrap};
use crate::claims::Row;
use crate::claims::words::{memory, time, with_interval};
use crate::measure::samples::{Arm, Experiment, Ratio};

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
            figures(experiment).iter().for_each(|figure| paragraph(4, figure));
        }
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

/// What was measured, how long it took, and who else was busy.
pub fn neighbours(experiment: &Experiment) -> String {
    let others = experiment.others.in_words();
    let why = experiment.why.as_ref().map_or(String::new(), |why| format!("; {why}"));
    format!("{} ({:.1} s; others used {others}{why})", experiment.id, experiment.seconds)
}

/// Every arm and every ratio of an experiment, a line each.
pub fn figures(experiment: &Experiment) -> Vec<String> {
    let ratio = |ratio: &Ratio| format!("{} / {}: {}", ratio.of[0], ratio.of[1], with_interval(ratio));
    experiment.arms.iter().map(arm).chain(experiment.ratios.iter().map(ratio)).collect()
}

/// The median, and where four of five samples lie; of answers, how many were yes.
fn arm(arm: &Arm) -> String {
    let (name, samples, processes) = (&arm.name, arm.count(), arm.processes.len());
    let figure: fn(f64) -> String = match arm.unit.as_str() {
        "ns" => time,
        "KiB" => memory,
        "count" => |count| count.to_string(),
        answer => {
            let yes = arm.samples().filter(|sample| *sample == 1.0).count();
            return format!("{name}: {answer} in {yes} of {samples} trials in {processes} processes");
        }
    };
    let varies = arm.p10 != arm.p90;
    let spread = if varies { format!("80 % from {} to {}; ", figure(arm.p10), figure(arm.p90)) } else { String::new() };
    format!("{name}: {} ({spread}{samples} samples in {processes} processes)", figure(arm.median))
}
