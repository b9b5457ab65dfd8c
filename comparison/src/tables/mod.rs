//! The document's tables, written again: a pure function of the experiments' outcomes.

use crate::report::{Arm, Experiment, Row, Status, Table, Verdict};
use crate::stats;
use crate::verdict::{BUSY, Missing};

mod architecture;
pub(crate) mod break_even;
mod differences;
mod when_to_use;

/// A table of the document: what it is called there, its columns, and how each row is judged.
pub struct Claims {
    /// Its name in the report.
    pub id: &'static str,
    /// Its heading in the document.
    pub title: &'static str,
    /// What its first column holds.
    pub key_column: &'static str,
    /// Its other columns.
    pub columns: &'static [&'static str],
    rows: &'static [Claim],
}

/// A row of the document and the rule by which samples judge it.
struct Claim {
    key: &'static str,
    /// The document's cells, in the order of the columns.
    document: &'static [&'static str],
    rule: &'static str,
    evidence: &'static [&'static str],
    judge: fn(&[Experiment]) -> Result<Judged, Missing>,
}

/// What the samples make of a row.
struct Judged {
    verdict: Verdict,
    /// One plain sentence, with its figure.
    answer: String,
    /// A cell for each column.
    measured: Vec<String>,
    /// The same from the real Node.js, where it was asked; empty without.
    node: Vec<String>,
    /// The figures that decided.
    why: String,
}

/// The three tables, in the document's order.
pub const ALL: [&Claims; 3] = [&architecture::CLAIMS, &differences::CLAIMS, &when_to_use::CLAIMS];

/// Writes all tables again.
pub fn write(experiments: &[Experiment]) -> Vec<Table> {
    ALL.iter().map(|claims| claims.judge(experiments)).collect()
}

/// What the report's table of that id is called, and its columns.
pub fn claims(id: &str) -> Option<&'static Claims> {
    ALL.into_iter().find(|claims| claims.id == id)
}

impl Claims {
    /// The document's first cells, in its order.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.rows.iter().map(|claim| claim.key)
    }

    fn judge(&self, experiments: &[Experiment]) -> Table {
        Table { id: self.id.to_owned(), rows: self.rows.iter().map(|claim| self.row(claim, experiments)).collect() }
    }

    fn row(&self, claim: &Claim, experiments: &[Experiment]) -> Row {
        let mut judged = (claim.judge)(experiments).unwrap_or_else(|Missing(why)| Judged {
            verdict: Verdict::Unresolved,
            answer: "Not measured.".to_owned(),
            measured: vec!["not measured".to_owned(); self.columns.len()],
            node: Vec::new(),
            why: sentence(&why),
        });
        if judged.verdict == Verdict::Unresolved {
            judged.why += &remedy(claim, experiments);
        }
        let by_column = |cells: Vec<String>| self.columns.iter().map(|&column| column.to_owned()).zip(cells).collect();
        Row {
            key: claim.key.to_owned(),
            document: by_column(claim.document.iter().map(|&cell| cell.to_owned()).collect()),
            measured: by_column(judged.measured),
            answer: judged.answer,
            node: by_column(judged.node),
            verdict: judged.verdict,
            rule: claim.rule.to_owned(),
            why: judged.why + &left_out(claim, experiments),
            evidence: claim.evidence.iter().map(|&id| id.to_owned()).collect(),
        }
    }
}

/// What the experiments of a row could do only in part, and why.
fn left_out(claim: &Claim, experiments: &[Experiment]) -> String {
    let evidence =
        experiments.iter().filter(|one| one.status == Status::Ok && claim.evidence.contains(&one.id.as_str()));
    evidence.filter_map(|one| Some(format!(" {}: {}.", one.id, one.why.as_deref()?))).collect()
}

/// What to do about an unresolved row whose evidence was measured: where a part is missing, `why` tells that.
fn remedy(claim: &Claim, experiments: &[Experiment]) -> String {
    let evidence = experiments.iter().filter(|experiment| claim.evidence.contains(&experiment.id.as_str()));
    let evidence: Vec<&Experiment> = evidence.collect();
    let Some(noisy) = evidence.iter().max_by(|a, b| a.others.cpus.total_cmp(&b.others.cpus)) else {
        return String::new();
    };
    if evidence.iter().any(|experiment| experiment.status != Status::Ok) {
        return String::new();
    }
    if noisy.others.cpus < BUSY {
        return " Too close to tell: run again with nothing else running, and without --quick.".to_owned();
    }
    let most = noisy.others.most.as_ref().map(|name| format!(" (most: {name})")).unwrap_or_default();
    format!(" Others kept {:.1} CPUs busy{most} during {}: close them, and run again.", noisy.others.cpus, noisy.id)
}

/// With a full stop, if it has none.
pub(crate) fn sentence(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.'))
}

/// How many of an arm's trials counted 1, and how many there were.
fn count(arm: &Arm) -> (usize, usize) {
    (arm.samples.iter().filter(|&&sample| sample > 0.0).count(), arm.samples.len())
}

/// So many of so many, with what that says about the share (95 %, Wilson).
fn share((yes, trials): (usize, usize)) -> String {
    let [low, high] = stats::wilson(yes, trials).map(|share| 100.0 * share);
    format!("{yes} of {trials} ({low:.0} to {high:.0} %)")
}

/// A time, in the unit that fits.
pub(crate) fn time(ns: f64) -> String {
    match ns {
        ..1e3 => format!("{ns:.0} ns"),
        ..1e6 => format!("{} µs", figures(ns / 1e3)),
        ..1e9 => format!("{} ms", figures(ns / 1e6)),
        _ => format!("{} s", figures(ns / 1e9)),
    }
}

/// Memory, in the unit that fits.
pub(crate) fn memory(kib: f64) -> String {
    if kib < 1024.0 { format!("{kib:.0} KiB") } else { format!("{} MiB", figures(kib / 1024.0)) }
}

/// A number with one decimal below ten, without above.
fn figures(value: f64) -> String {
    if value < 9.95 { format!("{value:.1}") } else { format!("{value:.0}") }
}

/// A ratio with its interval.
pub(crate) fn times(ratio: &crate::report::Ratio) -> String {
    format!("{} × ({} to {})", precise(ratio.median), precise(ratio.low), precise(ratio.high))
}

/// A ratio in a sentence.
pub(crate) fn brief(ratio: f64) -> String {
    format!("{} ×", figures(ratio))
}

/// A ratio with two decimals below ten, without above.
pub(crate) fn precise(value: f64) -> String {
    if value < 9.95 { format!("{value:.2}") } else { format!("{value:.0}") }
}
