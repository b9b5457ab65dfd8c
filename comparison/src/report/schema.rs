//! What is written: machine, samples, tables. Its JSON is the contract (schema 2).

use serde::{Deserialize, Serialize};

use crate::claims::{self, Row, Table};
use crate::measure::machine::Machine;
use crate::measure::samples::Experiment;

/// The schema that this program writes and reads.
pub const SCHEMA: u32 = 2;

/// One run of the comparison.
#[derive(Debug, Clone, Serialize, Deserialize)]
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

impl Report {
    /// A report whose tables are computed from its samples.
    pub fn new(machine: Machine, run: Run, experiments: Vec<Experiment>) -> Self {
        let tables = claims::tables(&experiments, machine.node.is_some());
        Self { schema: SCHEMA, machine, run, experiments, tables }
    }

    /// The same, with medians, ratios and tables computed again from the samples.
    pub fn recomputed(mut self) -> Self {
        self.experiments.iter_mut().for_each(|experiment| experiment.recompute(self.run.seed));
        Self::new(self.machine, self.run, self.experiments)
    }

    /// All rows, in the document's order.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.tables.iter().flat_map(|table| &table.rows)
    }
}
