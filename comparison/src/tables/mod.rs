//! The document's tables, written again: a pure function of the experiments' outcomes.

use itertools::Itertools;

use crate::experiments;
use crate::report::{Experiment, Row, Status, Table, Verdict};
use crate::verdict::{BUSY, Missing};

mod architecture;
pub(crate) mod break_even;
mod communication;
mod contest;
mod crash;
mod differences;
mod overhead;
mod performance;
mod tell;
mod when_to_use;
mod words;

use tell::{cells, count, holds, median, tell, told};
pub(crate) use words::{brief, part, precise, sentence, time, times};
use words::{figures, share};

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
    /// Names of the experiments that decide; one without its last part stands for all that begin so.
    decided_by: &'static [&'static str],
    /// Those that tell more.
    beside: &'static [&'static str],
    judge: fn(&[Experiment]) -> Result<Judged, Missing>,
}

/// What the samples make of a row.
struct Judged {
    verdict: Verdict,
    /// One plain sentence, with its figure.
    answer: String,
    /// A cell for each column.
    measured: Vec<String>,
    /// The same from the real Node.js, where it was asked.
    node: Result<Vec<String>, Missing>,
    /// The figures that decided.
    why: String,
}

/// A cell without samples; `why` tells the reason.
const NOT_MEASURED: &str = "not measured";

/// Whether a row has a cell with samples.
pub(crate) fn is_measured(row: &Row) -> bool {
    row.measured.values().any(|cell| cell != NOT_MEASURED)
}

/// The three tables, in the document's order.
pub const ALL: [&Claims; 3] = [&architecture::CLAIMS, &differences::CLAIMS, &when_to_use::CLAIMS];

/// Writes all tables again.
pub fn write(experiments: &[Experiment]) -> Vec<Table> {
    let rows = |claims: &Claims| claims.rows.iter().map(|claim| claim.row(claims.columns, experiments)).collect();
    ALL.iter().map(|claims| Table { id: claims.id.to_owned(), rows: rows(claims) }).collect()
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
}

impl Claim {
    fn row(&self, columns: &[&str], experiments: &[Experiment]) -> Row {
        let deciding = families(self.decided_by).collect_vec();
        let evidence = deciding.iter().copied().chain(families(self.beside)).unique().collect_vec();
        let done = |ids: &[&str]| experiments.iter().filter(|one| ids.contains(&one.id.as_str())).collect_vec();
        let mut judged = (self.judge)(experiments).unwrap_or_else(|Missing(why)| Judged {
            verdict: Verdict::Unresolved,
            answer: "Not measured.".to_owned(),
            measured: vec![NOT_MEASURED.to_owned(); columns.len()],
            node: Ok(Vec::new()),
            why: sentence(&why),
        });
        if judged.verdict == Verdict::Unresolved && !judged.measured.iter().any(|cell| cell == NOT_MEASURED) {
            judged.why += &remedy(&done(&deciding));
        }
        let document = self.document.iter().map(|&cell| cell.to_owned()).collect();
        let by_column = |cells: Vec<String>| columns.iter().map(|&column| column.to_owned()).zip(cells).collect();
        Row {
            key: self.key.to_owned(),
            document: by_column(document),
            measured: by_column(judged.measured),
            answer: judged.answer,
            node: by_column(judged.node.unwrap_or_default()),
            verdict: judged.verdict,
            rule: self.rule.to_owned(),
            why: judged.why + &left_out(&done(&evidence)),
            evidence: evidence.into_iter().map(str::to_owned).collect(),
        }
    }
}

/// The experiments of those names, or whose names begin so.
fn families(names: &[&'static str]) -> impl Iterator<Item = &'static str> {
    names.iter().flat_map(|name| family(name))
}

/// The experiments of which one at least is needed to judge the row of that key.
pub(crate) fn needed(key: &str) -> Vec<&'static str> {
    let claims = ALL.iter().flat_map(|claims| claims.rows).filter(|claim| claim.key == key);
    claims.flat_map(|claim| family(claim.decided_by[0])).collect()
}

/// The experiments of that name, or whose names begin so.
fn family(name: &str) -> impl Iterator<Item = &'static str> {
    let belongs = move |id: &&str| id.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    experiments::all().map(|spec| spec.id).filter(belongs)
}

/// What experiments could do only in part, and why.
fn left_out(evidence: &[&Experiment]) -> String {
    let partly = evidence.iter().filter(|one| one.status == Status::Ok);
    partly.filter_map(|one| Some(format!(" {}: {}.", one.id, one.why.as_deref()?))).collect()
}

/// What to do about a row that was measured, and is unresolved.
fn remedy(done: &[&Experiment]) -> String {
    let noisy = done.iter().max_by(|a, b| a.others.cpus.total_cmp(&b.others.cpus));
    let Some(noisy) = noisy.filter(|one| one.others.cpus >= BUSY) else {
        return " Too close to tell: run again with nothing else running, and without --quick.".to_owned();
    };
    let most = noisy.others.most.as_ref().map(|name| format!(" (most: {name})")).unwrap_or_default();
    format!(" Others kept {:.1} CPUs busy{most} during {}: close them, and run again.", noisy.others.cpus, noisy.id)
}

impl Judged {
    /// Of a row that is counted: its cells are its answer.
    fn counted(verdict: Verdict, cells: Vec<String>, node: Result<Vec<String>, Missing>, why: &str) -> Self {
        Self { verdict, answer: sentence(&cells.join("; ")), measured: cells, node, why: why.to_owned() }
    }
}
