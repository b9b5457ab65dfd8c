//! The document's tables, written again from samples: what stands in report.json.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::assess::{Condition, Holds};
use super::{ALL, Claim, Claims, Finding, Missing, Side, Verdict};
use crate::measure::samples::Experiment;

/// What conditions make of a claim: the same for every row.
const VERDICTS: &str = "Supported when all conditions hold, contradicted when none does; it depends when some do and \
    others do not, and is unresolved while one is unclear. Clearly more: the whole 95 % interval is above 1.2 × and above \
    the noise, which a control shows. One precisely at the edge of 1.2 (≈) speaks neither for the claim nor against it.";

/// One of the document's tables, written again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Table {
    /// `architecture`, `differences` or `when-to-use`.
    pub id: String,
    /// In the document's order.
    pub rows: Vec<Row>,
}

/// One row: what the document says, and what was found of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Row {
    /// The document's first cell.
    pub key: String,
    /// The document's other cells, by column.
    pub document: BTreeMap<String, String>,
    /// Of our system.
    pub rust: Judgement,
    /// Of the real Node.js; `None` where it is not installed or was not to be used.
    pub node: Option<Judgement>,
    /// How a verdict is computed.
    pub rule: String,
    /// The experiments that decide.
    pub evidence: Vec<String>,
}

impl Row {
    /// Node's part, where its verdict is another.
    pub(crate) fn differing_node(&self) -> Option<&Judgement> {
        self.node.as_ref().filter(|node| node.verdict != self.rust.verdict)
    }
}

impl Table {
    /// What the document calls it and its columns.
    pub(crate) fn claims(&self) -> &'static Claims {
        ALL.iter().find(|claims| claims.id == self.id).expect("tables are computed from claims")
    }
}

/// What one subject's samples say of a row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Judgement {
    /// Supported, contradicted, depends, unresolved.
    pub verdict: Verdict,
    /// The document's cells, from samples.
    pub cells: BTreeMap<String, String>,
    /// One plain sentence.
    pub answer: String,
    /// The conditions with their figures, or why there are none.
    pub why: String,
    /// The conditions themselves: not in the JSON, since they are computed again from the samples.
    #[serde(skip)]
    pub conditions: Vec<Condition>,
}

impl Judgement {
    /// Whether there were samples.
    pub fn is_measured(&self) -> bool {
        !self.conditions.is_empty()
    }

    /// Its conditions with their marks, or why there are none.
    pub(crate) fn reasons(&self) -> Vec<String> {
        match self.conditions.as_slice() {
            [] => vec![format!("? {}", self.why)],
            all => all.iter().map(|one| format!("{} {}", one.mark(), one.text)).collect(),
        }
    }
}

/// The tables, from samples alone; with Node's part if it was used.
pub fn tables(report: &[Experiment], with_node: bool) -> Vec<Table> {
    let table = |claims: &Claims| Table {
        id: claims.id.to_owned(),
        rows: claims.rows.iter().map(|claim| row(claims, claim, report, with_node)).collect(),
    };
    ALL.iter().map(table).collect()
}

fn row(claims: &Claims, claim: &Claim, report: &[Experiment], with_node: bool) -> Row {
    let by_column = |cells: Vec<String>| claims.columns.iter().map(|name| (*name).to_owned()).zip(cells).collect();
    let judged = |side: &Side| match (side.judge)(report) {
        Ok(finding) => Judgement {
            answer: unclear(&finding).unwrap_or(finding.answer),
            verdict: finding.verdict,
            cells: by_column(finding.cells),
            why: why(&finding.conditions),
            conditions: finding.conditions,
        },
        Err(Missing(why)) => Judgement {
            verdict: Verdict::Unresolved,
            cells: BTreeMap::new(),
            answer: "Not measured.".to_owned(),
            why,
            conditions: Vec::new(),
        },
    };
    let evidence = claim.rust.evidence.iter().chain(if with_node { claim.node.evidence } else { &[] });
    Row {
        key: claim.key.to_owned(),
        document: by_column(claim.document.iter().map(|cell| (*cell).to_owned()).collect()),
        rust: judged(&claim.rust),
        node: with_node.then(|| judged(&claim.node)),
        rule: format!("{} {VERDICTS}", claim.rule),
        evidence: evidence.map(|id| (*id).to_owned()).collect(),
    }
}

/// Of a finding that is unresolved its answer: the first condition that is unclear, with what to do.
fn unclear(finding: &Finding) -> Option<String> {
    let first = |holds| finding.conditions.iter().find(|condition| condition.holds == holds);
    let open = first(Holds::Unclear).or_else(|| first(Holds::AtTheEdge))?;
    (finding.verdict == Verdict::Unresolved).then(|| format!("Unclear: {}.", open.text))
}

/// What holds, what does not, and what is unclear.
fn why(conditions: &[Condition]) -> String {
    let group = |holds, head: &str| {
        let of = conditions.iter().filter(|condition| condition.holds == holds);
        let texts: Vec<&str> = of.map(|condition| condition.text.as_str()).collect();
        (!texts.is_empty()).then(|| format!("{head} {}.", texts.join("; ")))
    };
    let groups = [
        (Holds::Yes, "Holds:"),
        (Holds::No, "Does not hold:"),
        (Holds::AtTheEdge, "At the edge:"),
        (Holds::Unclear, "Unclear:"),
    ];
    groups.into_iter().filter_map(|(holds, head)| group(holds, head)).collect::<Vec<_>>().join(" ")
}
