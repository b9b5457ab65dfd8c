//! Experiments one after another, each in fresh processes with one deadline. One that hangs or dies is reported, and
//! the rest goes on. What is imprecise then gets the time that is left.

use std::fs::File;
use std::io::{self, IsTerminal, Seek, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

use process_basics::spawn::End;
use process_basics::support::guard::Guard;

use super::interrupt::Interrupt;
use super::neighbours::Snapshot;
use super::own_program::{EXPERIMENT, command};
use super::plan::{Plan, Samples, Spec, Stop};
use super::samples::{Experiment, Ratio, Status};
use super::stats::MIN_PROCESSES;
use super::strays::end_strays;
use super::window;

/// Why an experiment has no samples after Ctrl-C.
pub const INTERRUPTED: &str = "the run was interrupted";

/// No experiment has more processes than this, however imprecise it is.
const MAX_PROCESSES: usize = 12;

/// What an experiment takes beside its samples, in seconds: starting processes, and Node.js in some.
const SET_UP: f64 = 0.05;
const SET_UP_OF_NODE: f64 = 0.35;

/// The whole run, by what its experiments take at first: the rest is for those that are imprecise.
const WHOLE: f64 = 1.15;

/// After how long a process of an experiment is taken to hang, beside its budget.
const DEADLINE: Duration = Duration::from_secs(25);

/// A run of experiments.
pub struct Runner<'a> {
    /// What all have in common.
    pub plan: Plan,
    /// Whether fewer samples are enough.
    pub quick: bool,
    /// Whether somebody wants to stop.
    pub interrupt: &'a Interrupt,
}

/// How long these experiments take in their first processes, in seconds: most runs need little more.
pub fn estimated_seconds(specs: &[&Spec], quick: bool) -> f64 {
    let set_up = |spec: &Spec| if spec.is_of_node() { SET_UP_OF_NODE } else { SET_UP };
    specs.iter().map(|spec| spec.seconds[usize::from(!quick)] + set_up(spec)).sum()
}

impl Runner<'_> {
    /// Runs the experiments, and again those that are imprecise. When the run falls behind its time, the rest takes
    /// fewer samples; after an interrupt those that were not done are skipped; once Node.js has hung, it is not asked
    /// again.
    pub fn run(&self, specs: &[&Spec]) -> Vec<Experiment> {
        let (start, limit) = (Instant::now(), WHOLE * estimated_seconds(specs, self.quick));
        let left = || limit - start.elapsed().as_secs_f64();
        let mut done = Vec::with_capacity(specs.len());
        let mut node_hangs = false;
        for (place, spec) in specs.iter().enumerate() {
            progress(&format!("{place} of {} done, about {:.0} s left: {}", specs.len(), left().max(1.0), spec.id));
            let share = left() / estimated_seconds(&specs[place..], self.quick);
            let mut experiment = Experiment::new(spec.id);
            self.more(MIN_PROCESSES, share.clamp(0.2, 1.0), spec, &mut experiment, &mut node_hangs);
            done.push(experiment);
        }
        while let Some((spec, experiment)) = least_sampled(specs, &mut done) {
            let next = experiment.seconds / experiment.processes() as f64;
            if left() < next || self.interrupt.has_come() || node_hangs {
                break;
            }
            progress(&format!("all done once, about {:.0} s left: {} again", left(), spec.id));
            self.more(1, 1.0, spec, experiment, &mut node_hangs);
        }
        progress("");
        done
    }

    /// More fresh processes of one experiment, up to one that takes no samples.
    fn more(&self, count: usize, share: f64, spec: &Spec, experiment: &mut Experiment, node_hangs: &mut bool) {
        let (start, before) = (Instant::now(), Snapshot::take(&self.plan.cpus));
        let seconds = spec.seconds[usize::from(!self.quick)] * share / MIN_PROCESSES as f64;
        for _ in 0..count {
            let mut plan = self.plan.clone();
            plan.seed = self.plan.seed.wrapping_add(experiment.processes() as u64);
            plan.budget = Duration::from_secs_f64(seconds);
            let (status, why) = match self.in_a_process(spec, &plan, node_hangs) {
                Ok(samples) => {
                    experiment.add(samples, self.plan.seed);
                    continue;
                }
                Err(Stop::Skipped(why)) => (Status::Skipped, why),
                Err(Stop::Failed(why)) => (Status::Failed, why),
            };
            if experiment.processes() < MIN_PROCESSES {
                experiment.status = status;
            }
            experiment.note(why);
            break; // the next one would meet the same
        }
        let now = start.elapsed().as_secs_f64();
        experiment.add_others(before.others(&self.plan.cpus), now);
    }

    /// Takes the samples of one process. It writes to files, not to pipes: what it leaves behind may hold these open.
    fn in_a_process(&self, spec: &Spec, plan: &Plan, node_hangs: &mut bool) -> Result<Samples, Stop> {
        if self.interrupt.has_come() {
            return Err(Stop::Skipped(INTERRUPTED.to_owned()));
        }
        if *node_hangs && spec.is_of_node() {
            return Err(Stop::Skipped("Node.js did not answer in an experiment before this one".to_owned()));
        }
        let (output, errors) = (tempfile::tempfile()?, tempfile::tempfile()?);
        let mut command = command(&plan.program, EXPERIMENT);
        command.args([spec.id, &plan.seed.to_string(), &plan.budget.as_micros().to_string()]);
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(errors.try_clone()?);
        let mut child = Guard::start(&mut command)?;
        let limit = plan.budget + DEADLINE;
        let end = self.wait(&mut child, limit);
        drop(child); // killed, unless it has ended
        end_strays();
        match end? {
            Some(End::Exited(0)) => serde_json::from_str(&text_of(output)?).map_err(io::Error::from)?,
            _ if self.interrupt.has_come() => Err(Stop::Skipped(INTERRUPTED.to_owned())),
            Some(end) => {
                Err(Stop::Failed(format!("its process {end}: {}", text_of(errors)?.trim().replace('\n', "; "))))
            }
            None => {
                *node_hangs |= spec.is_of_node();
                Err(Stop::Failed(format!("not done within {} s", limit.as_secs())))
            }
        }
    }

    /// Waits for the child's end in short turns, with a look at the interrupt after each; `None` when it has to be
    /// killed.
    fn wait(&self, child: &mut Guard, limit: Duration) -> io::Result<Option<End>> {
        let start = Instant::now();
        while start.elapsed() < limit && !self.interrupt.has_come() {
            if let Some(end) = child.wait_at_most(Duration::from_millis(100))? {
                return Ok(Some(end));
            }
        }
        Ok(None)
    }
}

/// Among the experiments with an imprecise ratio, the one with the fewest processes. What a ratio decides plays no part:
/// a run that went on until it liked its verdicts would find them by chance.
fn least_sampled<'a>(specs: &[&'a Spec], done: &'a mut [Experiment]) -> Option<(&'a Spec, &'a mut Experiment)> {
    let imprecise = |experiment: &Experiment| {
        experiment.why.is_none()
            && experiment.processes() < MAX_PROCESSES
            && !experiment.ratios.iter().all(Ratio::is_precise)
    };
    let candidates = specs.iter().copied().zip(done).filter(|(_, experiment)| imprecise(experiment));
    candidates.min_by_key(|(_, experiment)| experiment.processes())
}

fn text_of(mut file: File) -> io::Result<String> {
    file.rewind()?;
    io::read_to_string(file)
}

/// A line on standard error, if that is a terminal.
fn progress(line: &str) {
    let mut stderr = io::stderr();
    if stderr.is_terminal() {
        let width = window::columns().unwrap_or(80) - 1; // a line that is wrapped would stay
        let _ = write!(stderr, "\r\x1b[K{line:.width$}"); // only a help
    }
}
