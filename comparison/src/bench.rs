//! Takes samples: arms in turn, in random order, after a warm-up, so that what drifts hits all of them alike.

use std::hint::black_box;
use std::io;
use std::time::Instant;

use itertools::Itertools;

use crate::experiments::{Plan, Samples, Stop, limit};

/// Rounds that are run first and thrown away: they fill caches and start what starts lazily. Where few rounds are asked
/// for, each is long, and needs less of that.
const WARM_UP: usize = 2;

type Sample<'a, const N: usize> = Box<dyn FnMut() -> io::Result<[f64; N]> + 'a>;

/// The arms of one experiment, and which are compared with which. A sample of an arm has `N` figures.
pub struct Bench<'a, const N: usize = 1> {
    plan: &'a Plan,
    unit: &'static str,
    figures: [&'static str; N],
    arms: Vec<(String, Sample<'a, N>)>,
    pairs: Vec<[String; 2]>,
}

impl<'a> Bench<'a> {
    /// No arms yet; a sample will be one figure, in `unit`.
    pub fn new(plan: &'a Plan, unit: &'static str) -> Self {
        Self::of(plan, unit, [""])
    }

    /// Adds an arm; `sample` takes one.
    pub fn arm(&mut self, name: impl Into<String>, mut sample: impl FnMut() -> io::Result<f64> + 'a) {
        self.arm_of(name, move || Ok([sample()?]));
    }
}

impl<'a, const N: usize> Bench<'a, N> {
    /// No arms yet; a sample will be figures of these names, in `unit`. In the report each is an arm, `arm: figure`.
    pub fn of(plan: &'a Plan, unit: &'static str, figures: [&'static str; N]) -> Self {
        Self { plan, unit, figures, arms: Vec::new(), pairs: Vec::new() }
    }

    /// Adds an arm; `sample` takes one.
    pub fn arm_of(&mut self, name: impl Into<String>, sample: impl FnMut() -> io::Result<[f64; N]> + 'a) {
        self.arms.push((name.into(), Box::new(sample)));
    }

    /// Asks for the ratio of two arms, figure by figure.
    ///
    /// # Panics
    /// When one of them has not been added.
    pub fn pair(&mut self, above: &str, below: &str) {
        let pair = [above, below];
        for name in pair {
            assert!(self.arms.iter().any(|(arm, _)| arm == name), "there is no arm '{name}' to compare");
        }
        self.pairs.push(pair.map(str::to_owned));
    }

    /// Takes `rounds` samples of every arm. One that meets a limit of this machine is left out, and the rest stands.
    ///
    /// # Errors
    /// The first other error of an arm: a sample that failed has no figure. When a control or all arms met a limit: that.
    pub fn run(mut self, rounds: usize) -> Result<Samples, Stop> {
        let taken = self.interleave(rounds)?;
        let mut controls = self.arms.iter().zip(&taken).filter(|((arm, _), _)| arm.starts_with("control:"));
        if let Some((_, Err(limit))) = controls.find(|(_, taken)| taken.is_err()) {
            return Err(Stop::CannotHere(limit.clone())); // without its control nothing is told from noise
        }
        let mut samples = Samples::default();
        for ((arm, _), taken) in self.arms.iter().zip(taken) {
            match taken {
                Ok(taken) => {
                    for (n, figure) in self.figures.iter().enumerate() {
                        samples.arm(&name(arm, figure), self.unit, taken.iter().map(|sample| sample[n]).collect());
                    }
                }
                Err(limit) if arm.is_empty() => samples.left_out.push(limit),
                Err(limit) => samples.left_out.push(format!("no '{arm}': {limit}")),
            }
        }
        if samples.arms.is_empty() {
            return Err(Stop::CannotHere(samples.left_out.join("; ")));
        }
        for [above, below] in &self.pairs {
            for figure in self.figures {
                samples.compare(&name(above, figure), &name(below, figure), self.plan.seed);
            }
        }
        Ok(samples)
    }

    /// The samples of each arm, or the limit it met. Every round has an order of its own.
    fn interleave(&mut self, rounds: usize) -> io::Result<Vec<Result<Vec<[f64; N]>, String>>> {
        let mut random = fastrand::Rng::with_seed(self.plan.seed);
        let mut samples: Vec<_> = self.arms.iter().map(|_| Ok(Vec::with_capacity(rounds))).collect();
        let mut order: Vec<usize> = (0..self.arms.len()).collect();
        let warm_up = WARM_UP.min(rounds / 3);
        for round in 0..warm_up + rounds {
            random.shuffle(&mut order);
            for &turn in &order {
                let Ok(taken) = &mut samples[turn] else { continue };
                match (self.arms[turn].1)() {
                    Ok(sample) if round >= warm_up => taken.push(sample),
                    Ok(_) => {}
                    Err(error) => samples[turn] = Err(limit(&error).ok_or(error)?),
                }
            }
        }
        Ok(samples)
    }
}

fn name(arm: &str, figure: &str) -> String {
    let parts = [arm, figure];
    parts.into_iter().filter(|part| !part.is_empty()).join(": ")
}

/// Takes several figures at once, `trials` times: an arm for each of their names.
///
/// # Errors
/// Those of [`Bench::run`].
pub fn count<const N: usize>(
    plan: &Plan,
    trials: usize,
    names: [&'static str; N],
    mut take: impl FnMut() -> io::Result<[usize; N]>,
) -> Result<Samples, Stop> {
    let mut bench = Bench::of(plan, "count", names);
    bench.arm_of("", || Ok(take()?.map(|count| count as f64)));
    bench.run(trials)
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
    use crate::report::Mode;
    use crate::stats;

    fn plan() -> Plan {
        Plan { program: "unused".into(), mode: Mode::Quick, seed: 7, cpus: vec![0], node: false }
    }

    #[test]
    fn an_arm_that_meets_a_limit_is_left_out_with_the_reason_and_the_rest_stands() {
        let (plan, mut taken) = (plan(), 0);
        let mut bench = Bench::of(&plan, "ns", ["start", "end"]);
        bench.arm_of("good", || Ok([1.0, 2.0]));
        bench.arm_of("limited", || {
            taken += 1;
            if taken > 5 { Err(io::Error::from_raw_os_error(nix::libc::EAGAIN)) } else { Ok([1.0, 2.0]) }
        });
        bench.pair("limited", "good");
        let Samples { arms, ratios, left_out } = bench.run(10).unwrap();
        assert_eq!(arms.iter().map(|arm| arm.name.as_str()).collect::<Vec<_>>(), ["good: start", "good: end"]);
        assert_eq!((arms[0].samples.len(), ratios.len(), taken), (10, 0, 6), "it is not tried again");
        assert!(left_out[0].contains("no 'limited'") && left_out[0].contains("ulimit"), "{left_out:?}");
    }

    #[test]
    fn any_other_error_is_a_failure_and_limits_alone_are_none() {
        let plan = plan();
        let run = |errno| {
            let mut bench = Bench::new(&plan, "ns");
            bench.arm("only", move || Err(io::Error::from_raw_os_error(errno)));
            bench.run(3)
        };
        assert!(matches!(run(nix::libc::EIO), Err(Stop::Failed(_))));
        assert!(matches!(run(nix::libc::EMFILE), Err(Stop::CannotHere(_))));
    }

    #[test]
    fn nothing_is_compared_with_zero() {
        let plan = plan();
        let mut bench = Bench::new(&plan, "ns");
        bench.arm("nothing", || Ok(0.0));
        bench.arm("something", || Ok(1.0));
        bench.pair("something", "nothing");
        bench.pair("nothing", "something");
        assert!(bench.run(stats::ENOUGH).unwrap().ratios.is_empty());
    }
}
