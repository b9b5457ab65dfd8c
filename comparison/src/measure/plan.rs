//! What an experiment needs to know, what comes of it in one process, and why it may stop.

use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::time::Duration;

use nix::errno::Errno;
use serde::{Deserialize, Serialize};

use super::placement::Placement;

/// What an experiment needs to know, in one of its processes.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The executable that plays the children's roles.
    pub program: PathBuf,
    /// For the order of the arms.
    pub seed: u64,
    /// The processors that may be used.
    pub cpus: Vec<usize>,
    /// How long this process may take samples.
    pub budget: Duration,
}

impl Plan {
    /// The processors of the two ends.
    ///
    /// # Errors
    /// Where there are not enough.
    pub fn place(&self, placement: Placement) -> Result<(usize, usize), Stop> {
        match (placement, self.cpus.as_slice()) {
            (Placement::SameCpu, [first, ..]) => Ok((*first, *first)),
            (Placement::TwoCpus, [first, second, ..]) => Ok((*first, *second)),
            _ => Err(Stop::Skipped("one CPU: two things cannot run at once here".to_owned())),
        }
    }
}

/// An experiment that can be run.
#[derive(Debug)]
pub struct Spec {
    /// Its name. One that needs the real Node.js begins with `node.`.
    pub id: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    /// For how many seconds it takes samples, in all of its processes together: quick, full.
    pub seconds: [f64; 2],
    /// Takes the samples of one process.
    pub run: fn(&Plan) -> Result<Samples, Stop>,
}

impl Spec {
    /// Whether it needs the real Node.js.
    pub fn is_of_node(&self) -> bool {
        self.id.starts_with("node.")
    }
}

/// The samples that one process took.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Samples {
    /// Name, unit and samples of each arm.
    pub arms: Vec<(String, String, Vec<f64>)>,
    /// Which arms are to be compared.
    pub pairs: Vec<[String; 2]>,
}

impl Samples {
    /// Adds samples to an arm.
    pub fn add(&mut self, name: &str, unit: &str, samples: Vec<f64>) {
        match self.arms.iter_mut().find(|(arm, ..)| arm == name) {
            Some((.., taken)) => taken.extend(samples),
            None => self.arms.push((name.to_owned(), unit.to_owned(), samples)),
        }
    }
}

/// Why there are no samples.
#[derive(Debug, Serialize, Deserialize)]
pub enum Stop {
    /// This machine cannot do it.
    Skipped(String),
    /// It was tried.
    Failed(String),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        limit(&error).map_or_else(|| Self::Failed(error.to_string()), Self::Skipped)
    }
}

/// What to say of an error that is no fault of what is measured, but a limit of this machine: too many threads or
/// processes (`EAGAIN` of the system), descriptors, or too little memory. `None` of any other.
pub fn limit(error: &io::Error) -> Option<String> {
    let limits = [Errno::EAGAIN, Errno::EMFILE, Errno::ENFILE, Errno::ENOMEM].map(|errno| Some(errno as i32));
    if limits.contains(&error.raw_os_error()) {
        return Some(format!("{error}; raise the limit (ulimit -a)"));
    }
    (error.kind() == ErrorKind::QuotaExceeded).then(|| error.to_string())
}

/// An answer as a sample: 1 for yes, 0 for no.
pub fn yes(answer: bool) -> f64 {
    f64::from(u8::from(answer))
}
