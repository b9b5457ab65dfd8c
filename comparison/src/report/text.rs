//! What all forms of the report have in common: marks, tallies, a line about machine and run, wrapping.

use std::collections::BTreeMap;

use super::schema::{Mode, Report};
use crate::claims::{ALL, Claims, Judgement, Row, Table, Verdict};
use crate::measure::samples::Status;

/// The question that the report answers.
pub(super) const QUESTION: &str = "Is \"Process vs Threads in Node.js\" right on this machine?";

/// The mark of a verdict; in ASCII where asked for.
pub(super) fn mark(verdict: Verdict, ascii: bool) -> &'static str {
    match (verdict, ascii) {
        (Verdict::Supported, false) => "✓",
        (Verdict::Depends, false) => "◐",
        (Verdict::Contradicted, false) => "✗",
        (Verdict::Supported, true) => "+",
        (Verdict::Depends, true) => "~",
        (Verdict::Contradicted, true) => "x",
        (Verdict::Unresolved, _) => "?",
    }
}

/// A subject's judgements, one a row.
pub(super) fn of_subject(report: &Report, node: bool) -> Vec<&Judgement> {
    report.rows().filter_map(|(_, row)| row.judgement(node)).collect()
}

/// How many of the verdicts there are.
pub(super) fn tally(judgements: &[&Judgement], verdict: Verdict) -> usize {
    judgements.iter().filter(|judgement| judgement.verdict == verdict).count()
}

/// The claims of a table.
pub(super) fn claims_of(table: &Table) -> Option<&'static Claims> {
    ALL.iter().find(|claims| claims.id == table.id)
}

/// What machine and run the report is of, in a line.
pub(super) fn provenance(report: &Report) -> String {
    let (machine, run) = (&report.machine, &report.run);
    let cpus = if machine.cpus == 1 { "1 CPU".to_owned() } else { format!("{} CPUs", machine.cpus) };
    let node = machine.node.as_ref().map_or("no Node.js".to_owned(), |version| format!("Node.js {version}"));
    let mode = if run.mode == Mode::Quick { "quick" } else { "full" };
    let day = run.started.split('T').next().unwrap_or_default();
    format!("{cpus}, Linux {}, {node}; {mode} run, {:.0} s, {day}, seed {}", machine.kernel, run.seconds, run.seed)
}

/// The experiments that have no samples, or fewer, with the reason; the same reason once.
pub(super) fn not_measured(report: &Report) -> Vec<String> {
    let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for experiment in &report.experiments {
        let word = match experiment.status {
            Status::Ok => "in part",
            Status::Skipped => "skipped",
            Status::Failed => "failed",
        };
        if let Some(why) = &experiment.why {
            reasons.entry(format!("{word}: {why}")).or_default().push(&experiment.id);
        }
    }
    let line = |(reason, ids): (String, Vec<&str>)| match ids.len() - 1 {
        0 => format!("{} {reason}", ids[0]),
        more => format!("{} and {more} more {reason}", ids[0]),
    };
    reasons.into_iter().map(line).collect()
}

/// Where Rust and Node.js differ in a row, in a sentence.
pub(super) fn difference(row: &Row) -> Option<String> {
    let node = row.node.as_ref().filter(|node| node.verdict != row.rust.verdict && node.is_measured())?;
    Some(format!("Rust: {}; Node.js: {}. In Node.js: {}", row.rust.verdict.name(), node.verdict.name(), node.answer))
}

/// Words in lines of at most `width` columns; a no-break space does not break.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A row's judgements, each with the name of its subject.
pub(super) fn sides(row: &Row) -> impl Iterator<Item = (&'static str, &Judgement)> {
    [("Rust", Some(&row.rust)), ("Node.js", row.node.as_ref())]
        .into_iter()
        .filter_map(|(name, side)| Some((name, side?)))
}
