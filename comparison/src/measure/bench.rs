//! Takes samples: arms in turn, in random order, after a warm-up, for as long as the plan allows.

use std::hint::black_box;
use std::io;
use std::time::Instant;

use super::plan::{Plan, Samples, Stop, limit};

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

    /// Takes samples of every arm until the time is up. An arm that meets a limit of this machine is left out.
    ///
    /// # Errors
    /// The first other error of an arm; when a control or all arms met a limit: that.
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
            let mut met_a_limit = Vec::new();
            for (arm, take) in &mut self.arms {
                match take() {
                    Ok(taken) if round >= warm_up => {
                        for (figure, sample) in self.figures.iter().zip(taken) {
                            samples.add(&name(arm, figure), self.unit, vec![rounded(sample)]);
                        }
                    }
                    Ok(_) => {}
                    Err(error) => {
                        let limit = limit(&error).ok_or(error)?;
                        if arm.starts_with("control") {
                            return Err(Stop::Skipped(limit));
                        }
                        samples.left_out.push(format!("no '{arm}': {limit}"));
                        met_a_limit.push(arm.clone());
                    }
                }
            }
            self.arms.retain(|(arm, _)| !met_a_limit.contains(arm));
            round += 1;
        }
        samples.arms.retain(|(.., taken)| !taken.is_empty());
        if samples.arms.is_empty() { Err(Stop::Skipped(samples.left_out.join("; "))) } else { Ok(samples) }
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
        bench.arm_of("process", || Err(io::Error::from_raw_os_error(EAGAIN)));
        let samples = bench.run().unwrap();
        let names: Vec<(&str, usize)> = samples.arms.iter().map(|(name, _, taken)| (&name[..], taken.len())).collect();
        assert_eq!(names, [("thread: start", MIN_ROUNDS), ("thread: end", MIN_ROUNDS)]);
        assert!(samples.left_out[0].contains("no 'process'") && samples.left_out[0].contains("ulimit"));
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
        assert!(matches!(run(|| io::Error::from_raw_os_error(EAGAIN)), Err(Stop::Skipped(_))));
        assert!(matches!(run(|| io::ErrorKind::WouldBlock.into()), Err(Stop::Failed(_))), "a time-out is no limit");
    }
}
