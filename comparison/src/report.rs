//! The report: what was run on which machine, every sample, and the tables drawn from them. Its JSON is the contract.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The only schema there is so far.
pub const SCHEMA: u32 = 1;

/// One run of the comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Where it ran.
    pub machine: Machine,
    /// How it ran.
    pub run: Run,
    /// What was measured.
    pub experiments: Vec<Experiment>,
    /// The document's tables, computed from `experiments` alone.
    pub tables: Vec<Table>,
}

/// What a figure depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Processors that this process may use.
    pub cpus: usize,
    /// The kernel's release.
    pub kernel: String,
    /// Transparent huge pages: `always`, `madvise` or `never`; `unknown` where the kernel does not say.
    pub thp: String,
    /// The frequency governor of the first CPU; `unknown` where the kernel does not say.
    pub governor: String,
    /// The version of the Node.js that was used; `None` without.
    pub node: Option<String>,
}

/// How the report came to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// How many samples were asked for.
    pub mode: Mode,
    /// Seeds the order of the arms and the bootstrap.
    pub seed: u64,
    /// When it started, RFC 3339, UTC.
    pub started: String,
    /// How long it took, seconds.
    pub seconds: f64,
}

/// How many samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Fewer.
    Quick,
    /// All.
    Full,
}

/// The outcome of one experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// Its name: claim, quantity, size, placement.
    pub id: String,
    /// Whether there are samples.
    pub status: Status,
    /// Why there are none, or fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// How long it took, seconds.
    #[serde(default)]
    pub seconds: f64,
    /// Who else used the processors meanwhile.
    #[serde(default)]
    pub others: Others,
    /// What was compared.
    pub arms: Vec<Arm>,
    /// Arm against arm.
    pub ratios: Vec<Ratio>,
}

/// What the rest of the machine did during an experiment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Others {
    /// How many of our processors they kept busy, on average.
    pub cpus: f64,
    /// The name of the process that used most, where one stands out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<String>,
}

/// Whether an experiment was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It was.
    Ok,
    /// This machine cannot do it.
    Skipped,
    /// It was tried.
    Failed,
}

/// One thing measured, many times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Arm {
    /// What it is: boundary, then mechanism.
    pub name: String,
    /// `thread`, `process` or `none`.
    pub boundary: Boundary,
    /// What the samples count: `ns`, `KiB`, or a noun.
    pub unit: String,
    /// In the order in which they were taken.
    pub samples: Vec<f64>,
    /// The middle one.
    pub median: f64,
    /// A tenth are at most this.
    pub p10: f64,
    /// A tenth are at least this.
    pub p90: f64,
}

/// What lies between the two ends of an arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Boundary {
    /// Two threads of one process.
    Thread,
    /// Two processes.
    Process,
    /// One thread does it all, or it is a control.
    None,
}

impl Boundary {
    /// That of an arm of this name: `thread: pipe`, `node process`; what is counted (`thread ids …`) has none.
    pub fn of(arm: &str) -> Self {
        let name = arm.strip_prefix("node ").unwrap_or(arm);
        match name.split_once([':', ',']).map_or(name, |(first, _)| first) {
            "thread" | "pool" => Self::Thread,
            "process" => Self::Process,
            _ => Self::None,
        }
    }
}

/// The ratio of two arms' medians, with a bootstrap interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ratio {
    /// Numerator, denominator: names of arms.
    pub of: [String; 2],
    /// Of the medians.
    pub median: f64,
    /// The lower end of the 95 % interval.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Ratio {
    /// The other way round.
    pub fn turned(&self) -> Self {
        let [above, below] = self.of.clone();
        Self { of: [below, above], median: 1.0 / self.median, low: 1.0 / self.high, high: 1.0 / self.low }
    }
}

/// One of the document's tables, written again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// `architecture`, `differences` or `when-to-use`.
    pub id: String,
    /// In the document's order.
    pub rows: Vec<Row>,
}

/// One row: what the document says, what was measured, and what that makes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The document's first cell.
    pub key: String,
    /// The document's other cells, by column.
    pub document: BTreeMap<String, String>,
    /// The answer in one plain sentence, with its figure.
    #[serde(default)]
    pub answer: String,
    /// The same cells, from samples.
    pub measured: BTreeMap<String, String>,
    /// The same cells, from samples of the real Node.js; empty without.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub node: BTreeMap<String, String>,
    /// What the samples say of the document's words.
    pub verdict: Verdict,
    /// How the verdict is computed.
    pub rule: String,
    /// The figures that decided it.
    pub why: String,
    /// The experiments it rests on.
    pub evidence: Vec<String>,
}

/// What the samples say of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// They bear it out.
    Supported,
    /// They say otherwise.
    Contradicted,
    /// Both, depending on what `why` tells.
    Depends,
    /// They cannot tell, or there are none.
    Unresolved,
}

impl Verdict {
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

impl Experiment {
    /// One that gave no samples, or none yet.
    pub fn without_samples(id: impl Into<String>, status: Status, why: Option<String>) -> Self {
        let (arms, ratios) = (Vec::new(), Vec::new());
        Self { id: id.into(), status, why, seconds: 0.0, others: Others::default(), arms, ratios }
    }

    /// The arm of that name.
    pub fn arm(&self, name: &str) -> Option<&Arm> {
        self.arms.iter().find(|arm| arm.name == name)
    }

    /// The ratio of the arms of those names, numerator first.
    pub fn ratio(&self, of: [&str; 2]) -> Option<&Ratio> {
        self.ratios.iter().find(|ratio| ratio.of == of)
    }
}
