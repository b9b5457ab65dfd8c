//! What all forms of the report have in common: marks, tallies, a line about machine and run, wrapping.

use std::collections::BTreeMap;

use super::schema::{Mode, Report};
use crate::claims::assess::BUSY;
use crate::claims::{Judgement, Row, Verdict};
use crate::measure::samples::{Others, Status};

/// Whose rows are judged.
pub(super) const SUBJECTS: [&str; 2] = ["Rust", "Node.js"];
/// The question that the report answers.
pub(super) const QUESTION: &str = "Is \"Process vs Threads in Node.js\" right on this machine?";

/// The mark of a verdict.
pub(super) fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Supported => "✓",
        Verdict::Depends => "◐",
        Verdict::Contradicted => "✗",
        Verdict::Unresolved => "?",
    }
}

/// Whose rows are judged in this report.
pub(super) fn subjects(report: &Report) -> &'static [&'static str] {
    if report.machine.node.is_some() { &SUBJECTS } else { &SUBJECTS[..1] }
}

/// Each subject that was judged, with how many of each of [`Verdict::ALL`] it has.
pub(super) fn tallies(report: &Report) -> Vec<(&'static str, [usize; 4])> {
    let judged: Vec<(&str, &Judgement)> = report.rows().flat_map(sides).collect();
    let count = |subject: &str, verdict| {
        judged.iter().filter(|(name, side)| *name == subject && side.verdict == verdict).count()
    };
    subjects(report).iter().map(|subject| (*subject, Verdict::ALL.map(|verdict| count(subject, verdict)))).collect()
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

/// What disturbed the run: others that were busy while times were taken. And what is missing: Node.js, and the
/// experiments that have no samples, or fewer, with the reason; the same reason once.
pub(super) fn notes(report: &Report) -> Vec<String> {
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
    let mut notes = Vec::new();
    let timed = report.experiments.iter().filter(|one| !one.ratios.is_empty());
    let busy: Vec<&Others> = timed.map(|one| &one.others).filter(|others| others.cpus >= BUSY).collect();
    let most = busy.iter().max_by(|one, other| one.cpus.total_cmp(&other.cpus));
    if let Some(most) = most.map(|others| others.in_words()) {
        let often = format!("{} of {}", busy.len(), report.experiments.len());
        notes.push(format!("Run again on a quiet machine: others used up to {most} in {often} experiments."));
    }
    if report.machine.node.is_none() {
        notes.push("Without Node.js: it is not installed, or was not to be used.".to_owned());
    }
    for (reason, ids) in reasons {
        let more = if ids.len() > 1 { format!(" and {} more", ids.len() - 1) } else { String::new() };
        notes.push(format!("Not measured: {}{more} {reason}.", ids[0]));
    }
    notes
}

/// Where Rust and Node.js differ in a row, in a sentence.
pub(super) fn difference(row: &Row) -> Option<String> {
    let node = row.differing_node().filter(|node| node.is_measured())?;
    Some(format!("Rust: {}; Node.js: {}. In Node.js: {}", row.rust.verdict.name(), node.verdict.name(), node.answer))
}

/// For HTML, in text and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace('"', "&quot;").replace('\'', "&#39;")
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
    SUBJECTS.into_iter().zip([Some(&row.rust), row.node.as_ref()].into_iter().flatten())
}
