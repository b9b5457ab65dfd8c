//! Takes samples: arms in turn, in random order, after a warm-up, so that what drifts hits all of them alike.

use std::hint::black_box;
use std::io;
use std::time::Instant;

use crate::experiments::{Outcome, Plan};
use crate::report::Boundary;
use crate::stats;

/// Rounds that are run first and thrown away: they fill caches and start what starts lazily. Where few rounds are asked
/// for, each is long, and needs less of that.
const WARM_UP: usize = 2;

type Sample<'a> = Box<dyn FnMut() -> io::Result<f64> + 'a>;

struct Arm<'a> {
    name: String,
    boundary: Boundary,
    sample: Sample<'a>,
}

/// The arms of one experiment, and which are compared with which.
pub struct Bench<'a> {
    plan: &'a Plan,
    unit: &'static str,
    arms: Vec<Arm<'a>>,
    pairs: Vec<[String; 2]>,
}

impl<'a> Bench<'a> {
    /// No arms yet; all will be in `unit`.
    pub fn new(plan: &'a Plan, unit: &'static str) -> Self {
        Self { plan, unit, arms: Vec::new(), pairs: Vec::new() }
    }

    /// Adds an arm; `sample` takes one.
    pub fn arm(&mut self, name: impl Into<String>, boundary: Boundary, sample: impl FnMut() -> io::Result<f64> + 'a) {
        self.arms.push(Arm { name: name.into(), boundary, sample: Box::new(sample) });
    }

    /// Asks for the ratio of two arms.
    pub fn pair(&mut self, above: impl Into<String>, below: impl Into<String>) {
        self.pairs.push([above.into(), below.into()]);
    }

    /// Takes `rounds` samples of every arm.
    ///
    /// # Errors
    /// The first of an arm: a sample that failed has no figure.
    pub fn run(mut self, rounds: usize) -> io::Result<Outcome> {
        let arms = &mut self.arms;
        let samples = interleave(self.plan, rounds, arms.len(), |turn| (arms[turn].sample)())?;
        let arms = self.arms.iter().zip(samples);
        let arms = arms.map(|(arm, samples)| stats::arm(&arm.name, arm.boundary, self.unit, samples)).collect();
        Ok(Outcome::measured(arms, &self.pairs, self.plan.seed))
    }
}

/// Takes a sample of each of `arms` things in every one of `rounds` rounds, in an order of its own each time; the
/// samples of each. Rounds of warm-up are run first and thrown away.
///
/// # Errors
/// The first of `sample`, which gets the number of the thing whose turn it is.
pub fn interleave<T>(
    plan: &Plan,
    rounds: usize,
    arms: usize,
    mut sample: impl FnMut(usize) -> io::Result<T>,
) -> io::Result<Vec<Vec<T>>> {
    let mut random = fastrand::Rng::with_seed(plan.seed);
    let mut samples: Vec<Vec<T>> = (0..arms).map(|_| Vec::with_capacity(rounds)).collect();
    let mut order: Vec<usize> = (0..arms).collect();
    let warm_up = WARM_UP.min(rounds / 3);
    for round in 0..warm_up + rounds {
        random.shuffle(&mut order);
        for &turn in &order {
            let taken = sample(turn)?;
            if round >= warm_up {
                samples[turn].push(taken);
            }
        }
    }
    Ok(samples)
}

/// The time that `operation` takes, in nanoseconds.
///
/// # Errors
/// Those of `operation`.
pub fn time<T>(operation: impl FnOnce() -> io::Result<T>) -> io::Result<f64> {
    let start = Instant::now();
    black_box(operation()?);
    Ok(start.elapsed().as_nanos() as f64)
}

/// The time that one of `count` operations takes, in nanoseconds: for what is too short to be timed alone.
///
/// # Errors
/// Those of `operation`.
pub fn time_each<T>(count: u32, mut operation: impl FnMut() -> io::Result<T>) -> io::Result<f64> {
    let all = time(|| {
        for _ in 0..count {
            black_box(operation()?);
        }
        Ok(())
    })?;
    Ok(all / f64::from(count))
}
