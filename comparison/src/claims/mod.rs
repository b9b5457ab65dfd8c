//! The document's claims: one file per row, with its quoted cells, its experiments, its rule and its sentences.

use serde::{Deserialize, Serialize};

use crate::measure::plan::{Plan, Samples, Spec, Stop};
use crate::measure::samples::Experiment;

pub mod assess;
mod table;
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

use assess::Condition;
pub use table::{Judgement, Row, Table, tables};

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

/// An experiment: its id, what it does, its seconds in a quick run and in a full one, and how it takes samples.
const fn spec(
    id: &'static str,
    about: &'static str,
    seconds: [f64; 2],
    run: fn(&Plan) -> Result<Samples, Stop>,
) -> Spec {
    Spec { id, about, seconds, run }
}
