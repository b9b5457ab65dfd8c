//! Takes samples: arms in turn, in random order, after a warm-up, for as long as the plan allows.

use std::hint::black_box;
use std::io;
use std::time::Instant;

use super::plan::{Plan, Samples, Stop};

/// No arm is sampled less often than this, however slow the machine is.
const MIN_ROUNDS: usize = 2;
/// More would only make the report longer.
const MAX_ROUNDS: usize = 120;

type Sample<'a> = Box<dyn FnMut() -> io::Result<Vec<f64>> + 'a>;

/// The arms of one experiment, and which are compared with which.
pub struct Bench<'a> {
    plan: &'a Plan,
    unit: &'static str,
    figures: &'static [&'static str],
    arms: Vec<(String, Sample<'a>)>,
    pairs: Vec<[String; 2]>,
}

impl<'a> Bench<'a> {
    /// No arms yet; a sample will be one figure, in `unit`.
    pub fn new(plan: &'a Plan, unit: &'static str) -> Self {
        Self::of(plan, unit, &[""])
    }

    /// No arms yet; a sample will be figures of these names. In the report each is an arm, `arm: figure`.
    pub fn of(plan: &'a Plan, unit: &'static str, figures: &'static [&'static str]) -> Self {
        Self { plan, unit, figures, arms: Vec::new(), pairs: Vec::new() }
    }

    /// Adds an arm of one figure; `sample` takes one.
    pub fn arm(&mut self, name: impl Into<String>, mut sample: impl FnMut() -> io::Result<f64> + 'a) {
        self.arm_of(name, move || Ok(vec![sample()?]));
    }

    /// Adds an arm of several figures.
    pub fn arm_of(&mut self, name: impl Into<String>, sample: impl FnMut() -> io::Result<Vec<f64>> + 'a) {
        self.arms.push((name.into(), Box::new(sample)));
    }

    /// Asks for the ratio of two arms, named as in the report.
    pub fn pair(&mut self, above: &str, below: &str) {
        self.pairs.push([above, below].map(str::to_owned));
    }

    /// Takes samples of every arm until the time is up.
    ///
    /// # Errors
    /// The first error of an arm; a limit of this machine means that the experiment is skipped.
    pub fn run(self) -> Result<Samples, Stop> {
        self.rounds(MIN_ROUNDS, MAX_ROUNDS)
    }

    /// The same, but so many rounds at least and at most.
    ///
    /// # Errors
    /// As [`Bench::run`].
    pub fn rounds(mut self, min: usize, max: usize) -> Result<Samples, Stop> {
        let mut samples = Samples { pairs: self.pairs, ..Samples::default() };
        for (arm, _) in &self.arms {
            self.figures.iter().for_each(|figure| samples.add(&name(arm, figure), self.unit, Vec::new()));
        }
        let mut random = fastrand::Rng::with_seed(self.plan.seed);
        let warm_up = usize::from(max > 2);
        let start = Instant::now();
        let mut round = 0;
        while round < warm_up + max && (round < warm_up + min || start.elapsed() < self.plan.budget) {
            random.shuffle(&mut self.arms);
            for (arm, take) in &mut self.arms {
                let taken = take()?;
                for (figure, sample) in self.figures.iter().zip(taken).filter(|_| round >= warm_up) {
                    samples.add(&name(arm, figure), self.unit, vec![rounded(sample)]);
                }
            }
            round += 1;
        }
        Ok(samples)
    }
}

/// To a tenth: more digits are noise, and make the report long.
fn rounded(sample: f64) -> f64 {
    (sample * 10.0).round() / 10.0
}

fn name(arm: &str, figure: &str) -> String {
    match (arm, figure) {
        (arm, "") => arm.to_owned(),
        ("", figure) => figure.to_owned(),
        (arm, figure) => format!("{arm}: {figure}"),
    }
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
    let all = time(|| (0..count).try_for_each(|_| operation().map(|done| drop(black_box(done)))))?;
    Ok(all / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::libc::{EAGAIN, EIO};
    use std::time::Duration;

    fn plan() -> Plan {
        Plan { program: "unused".into(), seed: 7, cpus: vec![0], budget: Duration::ZERO }
    }

    #[test]
    fn without_time_every_arm_still_has_its_least_rounds() {
        let plan = plan();
        let mut bench = Bench::of(&plan, "ns", &["start", "end"]);
        bench.arm_of("thread", || Ok(vec![1.0, 2.0]));
        let samples = bench.run().unwrap();
        let names: Vec<(&str, usize)> = samples.arms.iter().map(|(name, _, taken)| (&name[..], taken.len())).collect();
        assert_eq!(names, [("thread: start", MIN_ROUNDS), ("thread: end", MIN_ROUNDS)]);
    }

    #[test]
    fn a_limit_skips_and_any_other_error_fails() {
        let plan = plan();
        let run = |error: fn() -> io::Error| {
            let mut bench = Bench::new(&plan, "ns");
            bench.arm("thread", move || Err(error()));
            bench.run()
        };
        assert!(matches!(run(|| io::Error::from_raw_os_error(EIO)), Err(Stop::Failed(_))));
        let limit = run(|| io::Error::from_raw_os_error(EAGAIN));
        assert!(matches!(limit, Err(Stop::Skipped(why)) if why.contains("ulimit")));
        assert!(matches!(run(|| io::ErrorKind::WouldBlock.into()), Err(Stop::Failed(_))), "a time-out is no limit");
    }
}
