//! What is measured: each experiment a function from a plan to samples, run in a process of its own.

use std::io;
use std::path::PathBuf;

use crate::report::{Arm, Experiment, Mode, Others, Ratio, Status};
use crate::stats;

mod architecture;
mod candidates;
mod cold;
mod communication;
mod contest;
pub(crate) mod crash;
mod creation;
mod files;
mod memory;
mod node;
mod isolation;
pub(crate) mod loop_delay;
mod parents;
mod phases;
mod scenarios;
mod shared;
mod speed_up;
mod switching;
mod timeline;
mod vfork;
mod work;

/// What an experiment needs to know.
#[derive(Debug)]
pub struct Plan {
    /// The executable that plays the children's roles.
    pub program: PathBuf,
    /// How many samples.
    pub mode: Mode,
    /// For the order of the arms.
    pub seed: u64,
    /// The processors that may be used.
    pub cpus: Vec<usize>,
    /// Whether the real Node.js may be used.
    pub node: bool,
}

impl Plan {
    /// One of two numbers, as the mode asks.
    pub fn rounds(&self, quick: usize, full: usize) -> usize {
        match self.mode {
            Mode::Quick => quick,
            Mode::Full => full,
        }
    }
}

/// What came of an experiment.
#[derive(Debug)]
pub enum Outcome {
    /// Samples.
    Measured(Vec<Arm>, Vec<Ratio>),
    /// Samples of a part, and why not of the rest.
    Partly(Vec<Arm>, Vec<Ratio>, String),
    /// This machine cannot do it, and why.
    Skipped(String),
}

impl Outcome {
    /// Samples, and the ratios of the named pairs.
    ///
    /// # Panics
    /// When a pair names an arm that there is not.
    pub fn measured<S: AsRef<str>>(arms: Vec<Arm>, pairs: &[[S; 2]], seed: u64) -> Self {
        let find = |name: &str| arms.iter().find(|arm| arm.name == name).unwrap_or_else(|| panic!("no arm '{name}'"));
        let ratios =
            pairs.iter().map(|[above, below]| stats::ratio(find(above.as_ref()), find(below.as_ref()), seed)).collect();
        Self::Measured(arms, ratios)
    }

    /// The same, if something was left out.
    pub fn without(self, why: Option<String>) -> Self {
        match (self, why) {
            (Self::Measured(arms, ratios), Some(why)) => Self::Partly(arms, ratios, why),
            (whole, _) => whole,
        }
    }

    /// The arms and ratios of both.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Measured(mut arms, mut ratios), Self::Measured(more_arms, more_ratios)) => {
                arms.extend(more_arms);
                ratios.extend(more_ratios);
                Self::Measured(arms, ratios)
            }
            (one, Self::Skipped(why)) => one.without(Some(why)),
            (Self::Skipped(why), _) => Self::Skipped(why),
            (one, Self::Partly(arms, ratios, why)) => one.and(Self::Measured(arms, ratios)).without(Some(why)),
            (Self::Partly(arms, ratios, why), other) => Self::Measured(arms, ratios).and(other).without(Some(why)),
        }
    }

    /// Samples that are counted, not compared.
    pub fn counted(arms: Vec<Arm>) -> Self {
        Self::Measured(arms, Vec::new())
    }
}

/// An experiment that can be run.
#[derive(Debug)]
pub struct Spec {
    /// Its name.
    pub id: &'static str,
    /// What it asks, in a line.
    pub about: &'static str,
    /// How many seconds it takes, about: quick, full. From this the time left is told.
    pub takes: [f64; 2],
    /// After how many seconds it is taken to hang.
    pub deadline: u64,
    run: fn(&Plan) -> io::Result<Outcome>,
}

impl Spec {
    /// Runs it in this process.
    pub fn run(&self, plan: &Plan) -> Experiment {
        let id = self.id.to_owned();
        match (self.run)(plan) {
            Ok(Outcome::Measured(arms, ratios)) => {
                Experiment { arms, ratios, ..Experiment::without_samples(id, Status::Ok, None) }
            }
            Ok(Outcome::Partly(arms, ratios, why)) => {
                Experiment { arms, ratios, ..Experiment::without_samples(id, Status::Ok, Some(why)) }
            }
            Ok(Outcome::Skipped(why)) => Experiment::without_samples(id, Status::Skipped, Some(why)),
            Err(error) => Experiment::without_samples(id, Status::Failed, Some(error.to_string())),
        }
    }
}

impl Experiment {
    /// One that gave no samples.
    pub fn without_samples(id: String, status: Status, why: Option<String>) -> Self {
        Self { id, status, why, seconds: 0.0, others: Others::default(), arms: Vec::new(), ratios: Vec::new() }
    }
}

/// All experiments, in the order in which they run.
pub fn all() -> impl Iterator<Item = &'static Spec> {
    const GROUPS: [&[Spec]; 15] = [
        memory::SPECS,
        shared::SPECS,
        communication::SPECS,
        creation::SPECS,
        phases::SPECS,
        parents::SPECS,
        switching::SPECS,
        crash::SPECS,
        speed_up::SPECS,
        isolation::SPECS,
        loop_delay::SPECS,
        files::SPECS,
        architecture::SPECS,
        scenarios::SPECS,
        node::SPECS,
    ];
    GROUPS.into_iter().flatten()
}
