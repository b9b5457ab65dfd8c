//! What is measured: the samples of each arm by process, the ratios of some arms, and an experiment of both.

use serde::{Deserialize, Serialize};

use super::plan::Samples;
use super::stats;

/// The outcome of one experiment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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

impl Others {
    /// `1.7 CPUs (make)`.
    pub fn in_words(&self) -> String {
        let name = self.most.as_ref().map_or(String::new(), |name| format!(" ({name})"));
        format!("{:.1} CPUs{name}", self.cpus)
    }
}

/// Whether an experiment was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It was.
    #[default]
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
    /// Whether the ends of its interval lie within 15 % of each other.
    pub fn is_narrow(&self) -> bool {
        self.high / self.low < 1.15
    }

    /// Whether this is the same against the same.
    pub fn is_control(&self) -> bool {
        self.of[0].starts_with("control")
    }

    /// Whether more samples would add little: the interval is narrow or, of a ratio far from 1, narrower than that is far.
    /// Looks at the width of the interval, not at what it decides. A control may be wider.
    pub fn is_precise(&self) -> bool {
        let width = self.high / self.low;
        self.is_narrow() || width.ln() < 0.75 * self.median.ln().abs() || self.is_control() && width < 1.5
    }

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
    /// One without samples yet.
    pub fn new(id: &str) -> Self {
        Self { id: id.to_owned(), ..Self::default() }
    }

    /// Adds the samples of one more process.
    pub fn add(&mut self, taken: Samples, seed: u64) {
        for (name, unit, samples) in taken.arms {
            match self.arms.iter_mut().find(|arm| arm.name == name) {
                Some(arm) => arm.processes.push(samples),
                None => self.arms.push(Arm::new(&name, &unit, vec![samples])),
            }
        }
        self.summarise(&taken.pairs, seed);
    }

    /// Adds a reason why something is missing; the same reason once.
    pub fn note(&mut self, reason: String) {
        match &mut self.why {
            Some(why) if why.contains(&reason) => {}
            Some(why) => *why += &format!("; {reason}"),
            None => self.why = Some(reason),
        }
    }

    /// Adds `seconds` in which others did this, too.
    pub fn add_others(&mut self, others: Others, seconds: f64) {
        let all = self.seconds + seconds;
        self.others.cpus = (self.others.cpus * self.seconds + others.cpus * seconds) / all;
        self.others.most = others.most.or(self.others.most.take());
        self.seconds = (all * 100.0).round() / 100.0;
    }

    /// The processes that took samples.
    pub fn processes(&self) -> usize {
        self.arms.iter().map(|arm| arm.processes.len()).max().unwrap_or(0)
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
        let pairs: Vec<[String; 2]> = self.ratios.iter().map(|ratio| ratio.of.clone()).collect();
        self.summarise(&pairs, seed);
    }

    fn summarise(&mut self, pairs: &[[String; 2]], seed: u64) {
        for arm in &mut self.arms {
            *arm = Arm::new(&arm.name, &arm.unit, std::mem::take(&mut arm.processes));
        }
        let ratio = |[above, below]: &[String; 2]| stats::ratio(self.arm(above)?, self.arm(below)?, seed);
        self.ratios = pairs.iter().filter_map(ratio).collect();
    }
}
