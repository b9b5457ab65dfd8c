//! What came of an experiment.

use std::io::{self, ErrorKind};

use nix::errno::Errno;

use super::Plan;
use crate::report::{Arm, Boundary, Ratio};
use crate::stats;

/// Samples, the ratios of some, and what was left out.
#[derive(Debug, Default)]
pub struct Samples {
    /// The arms.
    pub arms: Vec<Arm>,
    /// Arm against arm.
    pub ratios: Vec<Ratio>,
    /// Why something is missing.
    pub left_out: Vec<String>,
}

/// Why there are no samples.
#[derive(Debug)]
pub enum Stop {
    /// This machine cannot do it, or was not to.
    CannotHere(String),
    /// It was tried.
    Failed(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        limit(&error).map_or(Self::Failed(error), Self::CannotHere)
    }
}

/// What to say of an error that is no fault of what is measured, but a limit of this machine: too many threads or
/// processes (`EAGAIN`) or descriptors, too little memory. `None` of any other.
pub fn limit(error: &io::Error) -> Option<String> {
    let descriptors = [Errno::EMFILE, Errno::ENFILE].map(|errno| Some(errno as i32));
    let raise = if error.raw_os_error().is_some() { "; raise the limit (ulimit -a)" } else { "" }; // else it says so
    let kind = matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::OutOfMemory | ErrorKind::QuotaExceeded);
    (kind || descriptors.contains(&error.raw_os_error())).then(|| format!("{error}{raise}"))
}

impl Samples {
    /// Adds an arm.
    ///
    /// # Panics
    /// When there are no samples.
    pub fn arm(&mut self, name: &str, unit: &str, samples: Vec<f64>) {
        self.arms.push(stats::arm(name, Boundary::of(name), unit, samples));
    }

    /// Adds an arm of answers to a question: each yes counts 1, each no 0.
    ///
    /// # Panics
    /// When there are no answers.
    pub fn yes_or_no(&mut self, name: &str, unit: &str, answers: impl IntoIterator<Item = bool>) {
        self.arm(name, unit, answers.into_iter().map(yes).collect());
    }

    /// Adds the ratio of two arms, where both were taken often enough, and there is one: nothing can be compared with
    /// zero.
    pub fn compare(&mut self, above: &str, below: &str, seed: u64) {
        let find = |name: &str| self.arms.iter().find(|arm| arm.name == name);
        let both = find(above).zip(find(below));
        let both = both.filter(|(above, below)| above.samples.len().min(below.samples.len()) >= stats::ENOUGH);
        let ratio = both.map(|(above, below)| stats::ratio(above, below, seed));
        self.ratios.extend(
            ratio.filter(|ratio| [ratio.median, ratio.low, ratio.high].iter().all(|end| end.is_finite() && *end > 0.0)),
        );
    }

    /// Adds what the real Node.js gives, where it may be asked. If it fails, what is ours stands.
    pub fn with_node<E: Into<Stop>>(mut self, plan: &Plan, ask: impl FnOnce() -> Result<Self, E>) -> Self {
        match plan.node.then(|| ask().map_err(E::into)) {
            None => {}
            Some(Ok(node)) => {
                self.arms.extend(node.arms);
                self.ratios.extend(node.ratios);
                self.left_out.extend(node.left_out);
            }
            Some(Err(Stop::CannotHere(why))) => self.left_out.push(format!("without Node.js: {why}")),
            Some(Err(Stop::Failed(error))) => self.left_out.push(format!("without Node.js: {error}")),
        }
        self
    }
}

/// An answer as a sample: 1 for yes, 0 for no.
pub(super) fn yes(answer: bool) -> f64 {
    f64::from(u8::from(answer))
}
