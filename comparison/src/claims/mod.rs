//! The document's claims: one file per row, with its quoted cells, its experiments, its rule and its sentences.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::measure::plan::{Spec, Subject};
use crate::measure::samples::Experiment;

pub mod assess;
pub(crate) mod trials;
pub(crate) mod illustrations;
pub mod words;

mod another_script;
mod child_processes;
mod communication;
mod cpu_intensive;
mod crash_safety;
mod crashing_effect;
mod event_loop;
mod file_io;
mod memory;
mod overhead;
mod performance;
mod thread_pool;
mod use_in_node;
mod worker_threads;

use assess::{Condition, Holds};

/// What the samples say of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// They bear it out.
    Supported,
    /// Both, depending on what `why` says.
    Depends,
    /// They say otherwise.
    Contradicted,
    /// They cannot tell, or there are none.
    Unresolved,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Supported, Self::Depends, Self::Contradicted, Self::Unresolved];

    /// Its name, as in the JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Contradicted => "contradicted",
            Self::Depends => "depends",
            Self::Unresolved => "unresolved",
        }
    }
}

/// Why a row has no samples: its verdict is *unresolved*.
#[derive(Debug, Clone)]
pub struct Missing(pub String);

/// A row of the document: its words, and how it is judged, for each subject by the same rule.
pub struct Claim {
    /// The first cell.
    pub key: &'static str,
    /// The other cells.
    pub document: &'static [&'static str],
    /// The rule, in words.
    pub rule: &'static str,
    /// Our system.
    pub rust: Side,
    /// The real Node.js.
    pub node: Side,
    /// What is measured for it.
    pub experiments: &'static [Spec],
}

/// One subject's part of a claim.
pub struct Side {
    /// The experiments that decide.
    pub evidence: &'static [&'static str],
    /// From samples to what is found.
    pub judge: fn(&[Experiment]) -> Result<Finding, Missing>,
}

/// What a subject's samples say of a claim.
pub struct Finding {
    /// What was asked of them.
    pub conditions: Vec<Condition>,
    /// What that makes of the claim.
    pub verdict: Verdict,
    /// The document's cells, from samples.
    pub cells: Vec<String>,
    /// One plain sentence.
    pub answer: String,
}

impl Finding {
    /// Supported when all conditions hold, contradicted when none does, depends when they differ.
    pub fn of(conditions: Vec<Condition>, cells: Vec<String>, answer: String) -> Self {
        Self { verdict: assess::verdict(&conditions), conditions, cells, answer }
    }
}

/// One of the document's tables.
pub struct Claims {
    /// As in the JSON.
    pub id: &'static str,
    /// The document's heading.
    pub title: &'static str,
    /// What the first column is called.
    pub key_column: &'static str,
    /// The other columns.
    pub columns: &'static [&'static str],
    /// Its rows.
    pub rows: &'static [Claim],
}

/// The three tables.
pub const ALL: &[Claims] = &[
    Claims {
        id: "architecture",
        title: "Node.js Architecture",
        key_column: "Part",
        columns: &["Description"],
        rows: &[event_loop::CLAIM, thread_pool::CLAIM, worker_threads::CLAIM, child_processes::CLAIM],
    },
    Claims {
        id: "differences",
        title: "Differences Between Process and Thread in Node.js",
        key_column: "Feature",
        columns: &["Process", "Thread"],
        rows: &[
            memory::CLAIM,
            communication::CLAIM,
            overhead::CLAIM,
            crashing_effect::CLAIM,
            use_in_node::CLAIM,
            performance::CLAIM,
        ],
    },
    Claims {
        id: "when-to-use",
        title: "When to Use What?",
        key_column: "Scenario",
        columns: &["Use"],
        rows: &[cpu_intensive::CLAIM, another_script::CLAIM, file_io::CLAIM, crash_safety::CLAIM],
    },
];

/// All experiments, in the order in which they run.
pub fn experiments() -> impl Iterator<Item = &'static Spec> {
    ALL.iter().flat_map(|table| table.rows).flat_map(|claim| claim.experiments)
}

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
            verdict: finding.verdict,
            cells: by_column(finding.cells),
            answer: finding.answer,
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
        rule: claim.rule.to_owned(),
        evidence: evidence.map(|id| (*id).to_owned()).collect(),
    }
}

/// What holds, what does not, and what is unclear.
fn why(conditions: &[Condition]) -> String {
    let group = |holds, head: &str| {
        let of = conditions.iter().filter(|condition| condition.holds == holds);
        let texts: Vec<&str> = of.map(|condition| condition.text.as_str()).collect();
        (!texts.is_empty()).then(|| format!("{head} {}.", texts.join("; ")))
    };
    let groups = [(Holds::Yes, "Holds:"), (Holds::No, "Does not hold:"), (Holds::Unclear, "Unclear:")];
    groups.into_iter().filter_map(|(holds, head)| group(holds, head)).collect::<Vec<_>>().join(" ")
}

/// An experiment of our system.
const fn rust(
    id: &'static str,
    about: &'static str,
    seconds: [f64; 2],
    run: fn(&crate::measure::plan::Plan) -> Result<crate::measure::plan::Samples, crate::measure::plan::Stop>,
) -> Spec {
    Spec { id, about, subject: Subject::Rust, seconds, run }
}

/// An experiment of the real Node.js.
const fn node(
    id: &'static str,
    about: &'static str,
    seconds: [f64; 2],
    run: fn(&crate::measure::plan::Plan) -> Result<crate::measure::plan::Samples, crate::measure::plan::Stop>,
) -> Spec {
    Spec { id, about, subject: Subject::Node, seconds, run }
}
