//! Experiments one after another, each in fresh processes with one deadline. One that hangs or dies is reported, and
//! the rest goes on.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek, Write};
use std::process::{self, Stdio};
use std::time::{Duration, Instant};

use process_basics::pidfd::wait_at_most;
use process_basics::spawn::End;

use super::interrupt::Interrupt;
use super::neighbours::Snapshot;
use super::own_program::{EXPERIMENT, command};
use super::plan::{Plan, Samples, Spec, Subject};
use super::samples::{Arm, Experiment, Status};
use super::strays::end_strays;

/// Why an experiment has no samples after Ctrl-C.
pub const INTERRUPTED: &str = "the run was interrupted";

/// Fresh processes of an experiment.
const PROCESSES: usize = 3;

/// What an experiment takes beside its samples, in seconds: starting processes, and Node.js in some.
const SET_UP: [(Subject, f64); 2] = [(Subject::Rust, 0.1), (Subject::Node, 0.5)];

/// After how long a process of an experiment is taken to hang, beside its budget.
const DEADLINE: Duration = Duration::from_secs(25);

/// What a process of an experiment prints: its samples, or why there are none.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub enum Outcome {
    /// It took samples.
    Taken(Samples),
    /// This machine cannot do it.
    Skipped(String),
    /// It was tried.
    Failed(String),
}

/// A run of experiments.
pub struct Runner<'a> {
    /// What all have in common.
    pub plan: Plan,
    /// Whether fewer samples are enough.
    pub quick: bool,
    /// Whether somebody wants to stop.
    pub interrupt: &'a Interrupt,
}

/// How long these experiments will take, in seconds.
pub fn estimated_seconds(specs: &[&Spec], quick: bool) -> f64 {
    specs.iter().map(|spec| estimate(spec, quick)).sum()
}

fn estimate(spec: &Spec, quick: bool) -> f64 {
    let set_up = SET_UP.iter().find(|(subject, _)| *subject == spec.subject).map_or(0.0, |(_, seconds)| *seconds);
    spec.seconds[usize::from(!quick)] + set_up
}

impl Runner<'_> {
    /// Runs the experiments. When the run falls behind its time, the rest takes fewer samples; after an interrupt those
    /// that were not done are skipped; once Node.js has hung, it is not asked again.
    pub fn run(&self, specs: &[&Spec]) -> Vec<Experiment> {
        let (start, planned) = (Instant::now(), estimated_seconds(specs, self.quick));
        let mut done = Vec::with_capacity(specs.len());
        let (mut node_hangs, mut interrupted) = (false, false);
        for (place, spec) in specs.iter().enumerate() {
            let left = estimated_seconds(&specs[place..], self.quick);
            progress(place, specs.len(), left, spec.id);
            let late = start.elapsed().as_secs_f64() - (planned - left);
            let share = (1.0 - late.max(0.0) / left.max(1.0)).clamp(0.2, 1.0);
            interrupted |= self.interrupt.has_come();
            done.push(if interrupted {
                Experiment::without_samples(spec.id, Status::Skipped, Some(INTERRUPTED.to_owned()))
            } else if node_hangs && spec.subject == Subject::Node {
                let why = "Node.js did not answer in an experiment before this one".to_owned();
                Experiment::without_samples(spec.id, Status::Skipped, Some(why))
            } else {
                let (experiment, hung) = self.one(spec, share);
                node_hangs |= hung && spec.subject == Subject::Node;
                interrupted |= experiment.why.as_deref() == Some(INTERRUPTED);
                experiment
            });
        }
        progress(specs.len(), specs.len(), 0.0, "");
        done
    }

    /// One experiment, in fresh processes; and whether one of them hung.
    fn one(&self, spec: &Spec, share: f64) -> (Experiment, bool) {
        let (start, before) = (Instant::now(), Snapshot::take(&self.plan.cpus));
        let seconds = spec.seconds[usize::from(!self.quick)] * share / PROCESSES as f64;
        let mut outcomes = Vec::new();
        let mut hung = false;
        for process in 0..PROCESSES {
            let mut plan = self.plan.clone();
            plan.seed = self.plan.seed.wrapping_add(process as u64);
            plan.budget = Duration::from_secs_f64(seconds);
            let outcome = self.in_a_process(spec, &plan, &mut hung);
            end_strays();
            match outcome {
                Ok(Some(outcome)) => outcomes.push(outcome),
                Ok(None) => {
                    let why = Some(INTERRUPTED.to_owned());
                    return (Experiment::without_samples(spec.id, Status::Skipped, why), false);
                }
                Err(error) => outcomes.push(Outcome::Failed(error.to_string())),
            }
            if !matches!(outcomes.last(), Some(Outcome::Taken(_))) {
                break; // the next one would meet the same
            }
        }
        let mut experiment = merge(spec.id, outcomes, self.plan.seed);
        experiment.seconds = (start.elapsed().as_secs_f64() * 100.0).round() / 100.0;
        experiment.others = before.others(&self.plan.cpus);
        (experiment, hung)
    }

    /// Takes the samples of one process. It writes to files, not to pipes: what it leaves behind may hold these open.
    fn in_a_process(&self, spec: &Spec, plan: &Plan, hung: &mut bool) -> io::Result<Option<Outcome>> {
        let (output, errors) = (tempfile::tempfile()?, tempfile::tempfile()?);
        let mut command = command(&plan.program, EXPERIMENT);
        command.args([spec.id, &plan.seed.to_string(), &plan.budget.as_micros().to_string()]);
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(errors.try_clone()?);
        let mut child = command.spawn()?;
        let end = self.wait(&mut child, plan.budget + DEADLINE);
        if !matches!(end, Ok(Waited::For(_))) {
            child.kill()?;
            child.wait()?;
        }
        match end? {
            Waited::Interrupted => Ok(None),
            Waited::TimedOut => {
                *hung = true;
                Ok(Some(Outcome::Failed(format!("not done within {} s", (plan.budget + DEADLINE).as_secs()))))
            }
            Waited::For(End::Exited(0)) => Ok(Some(serde_json::from_str(&text_of(output)?)?)),
            Waited::For(end) => {
                Ok(Some(Outcome::Failed(format!("its process {end}: {}", text_of(errors)?.trim().replace('\n', "; ")))))
            }
        }
    }

    /// Waits for the child in short turns, with a look at the interrupt after each.
    fn wait(&self, child: &mut process::Child, limit: Duration) -> io::Result<Waited> {
        let start = Instant::now();
        while start.elapsed() < limit {
            let end = wait_at_most(child, Duration::from_millis(100))?;
            match end {
                _ if self.interrupt.has_come() => return Ok(Waited::Interrupted),
                Some(end) => return Ok(Waited::For(end)),
                None => {}
            }
        }
        Ok(Waited::TimedOut)
    }
}

enum Waited {
    For(End),
    TimedOut,
    Interrupted,
}

fn text_of(mut file: File) -> io::Result<String> {
    let mut text = String::new();
    file.rewind()?;
    file.read_to_string(&mut text)?;
    Ok(text)
}

/// One experiment of what its processes printed.
pub fn merge(id: &str, outcomes: Vec<Outcome>, seed: u64) -> Experiment {
    let mut experiment = Experiment::without_samples(id, Status::Ok, None);
    let mut pairs = Vec::new();
    let mut why: Vec<String> = Vec::new();
    let mut arms: Vec<(String, String, Vec<Vec<f64>>)> = Vec::new();
    for outcome in outcomes {
        match outcome {
            Outcome::Taken(samples) => {
                for (name, unit, taken) in samples.arms.into_iter().filter(|(.., taken)| !taken.is_empty()) {
                    match arms.iter_mut().find(|(arm, ..)| *arm == name) {
                        Some((.., processes)) => processes.push(taken),
                        None => arms.push((name, unit, vec![taken])),
                    }
                }
                pairs = samples.pairs;
                why.extend(samples.left_out);
            }
            Outcome::Skipped(reason) => {
                experiment.status = Status::Skipped;
                why.push(reason);
            }
            Outcome::Failed(reason) => {
                experiment.status = Status::Failed;
                why.push(reason);
            }
        }
    }
    why.dedup();
    experiment.why = (!why.is_empty()).then(|| why.join("; "));
    experiment.arms = arms.into_iter().map(|(name, unit, processes)| Arm::new(&name, &unit, processes)).collect();
    experiment.compare(&pairs, seed);
    experiment
}

/// A line on standard error, if that is a terminal.
fn progress(done: usize, all: usize, left: f64, id: &str) {
    let mut stderr = io::stderr();
    if stderr.is_terminal() {
        let line =
            if done < all { format!("{done} of {all} done, about {left:.0} s left: {id}") } else { String::new() };
        let _ = write!(stderr, "\r\x1b[K{line}"); // only a help
    }
}
