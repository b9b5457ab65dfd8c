//! What is measured: the samples of each arm by process, the ratios of some arms, and an experiment of both.

use serde::{Deserialize, Serialize};

use super::stats;

/// The outcome of one experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// Its name: claim, quantity, size, placement.
    pub id: String,
    /// Whether there are samples.
    pub status: Status,
    /// Why there are none, or fewer.
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
    /// What it is: `thread`, `process`, `control` or `node …`, then what it did.
    pub name: String,
    /// What the samples count: `ns`, `KiB`, or a noun.
    pub unit: String,
    /// For each process that took samples, these in the order in which they were taken.
    pub processes: Vec<Vec<f64>>,
    /// The middle one of all.
    pub median: f64,
    /// A tenth are at most this.
    pub p10: f64,
    /// A tenth are at least this.
    pub p90: f64,
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
    pub fn inverse(&self) -> Self {
        let [above, below] = self.of.clone();
        Self { of: [below, above], median: 1.0 / self.median, low: 1.0 / self.high, high: 1.0 / self.low }
    }
}

impl Arm {
    /// Summarises samples.
    ///
    /// # Panics
    /// When there are none.
    pub fn new(name: &str, unit: &str, processes: Vec<Vec<f64>>) -> Self {
        let mut sorted = processes.concat();
        sorted.sort_by(f64::total_cmp);
        let [p10, median, p90] = [0.1, 0.5, 0.9].map(|share| stats::quantile(&sorted, share));
        Self { name: name.to_owned(), unit: unit.to_owned(), processes, median, p10, p90 }
    }

    /// All samples, process by process.
    pub fn samples(&self) -> impl Iterator<Item = f64> {
        self.processes.iter().flatten().copied()
    }

    /// How many samples there are.
    pub fn count(&self) -> usize {
        self.processes.iter().map(Vec::len).sum()
    }
}

impl Experiment {
    /// One that gave no samples.
    pub fn without_samples(id: &str, status: Status, why: Option<String>) -> Self {
        let (arms, ratios) = (Vec::new(), Vec::new());
        Self { id: id.to_owned(), status, why, seconds: 0.0, others: Others::default(), arms, ratios }
    }

    /// The arm of that name.
    pub fn arm(&self, name: &str) -> Option<&Arm> {
        self.arms.iter().find(|arm| arm.name == name)
    }

    /// The ratio of the arms of those names, numerator first.
    pub fn ratio(&self, above: &str, below: &str) -> Option<&Ratio> {
        self.ratios.iter().find(|ratio| ratio.of == [above, below])
    }

    /// Computes medians and ratios again from the samples.
    pub fn recompute(&mut self, seed: u64) {
        for arm in &mut self.arms {
            *arm = Arm::new(&arm.name, &arm.unit, std::mem::take(&mut arm.processes));
        }
        let pairs: Vec<[String; 2]> = self.ratios.drain(..).map(|ratio| ratio.of).collect();
        self.compare(&pairs, seed);
    }

    /// Adds the ratios of those arms that have enough samples.
    pub fn compare(&mut self, pairs: &[[String; 2]], seed: u64) {
        for [above, below] in pairs {
            if let Some((above, below)) = self.arm(above).zip(self.arm(below)) {
                let ratio = stats::ratio(above, below, seed);
                self.ratios.extend(ratio);
            }
        }
    }
}
