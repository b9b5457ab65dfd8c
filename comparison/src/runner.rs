//! Runs each experiment in a fresh process with a deadline. One that hangs or dies is reported, and the rest goes on.

use std::io::{self, Read, Write};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use process_basics::spawn::End;
use process_basics::support::guard::Guard;

use crate::child;
use crate::experiments::{Plan, Spec};
use crate::interrupt::Interrupt;
use crate::load::Snapshot;
use crate::report::{Experiment, Mode, Status};

/// Why an experiment has no samples after Ctrl-C.
pub const INTERRUPTED: &str = "the run was interrupted";

/// Runs the experiments one after another; the progress bar is drawn on standard error, if that is a terminal. After an
/// interrupt those that were not done are skipped.
pub fn run(specs: &[&Spec], plan: &Plan, interrupt: &Interrupt) -> Vec<Experiment> {
    let bar = progress(specs, plan.mode);
    let (mut interrupted, mut outcomes) = (false, Vec::with_capacity(specs.len()));
    for spec in specs {
        bar.set_message(spec.id);
        interrupted |= interrupt.has_come();
        let outcome = if interrupted { Ok(None) } else { run_apart(spec, plan, interrupt) };
        interrupted |= matches!(outcome, Ok(None));
        outcomes.push(match outcome {
            Ok(Some(done)) => done,
            Ok(None) => Experiment::without_samples(spec.id, Status::Skipped, Some(INTERRUPTED.to_owned())),
            Err(error) => failed(spec, error.to_string()),
        });
        bar.inc(millis(spec, plan.mode));
    }
    bar.finish_and_clear();
    outcomes
}

/// A bar as long as the experiments will take, so that the time left can be told from it.
fn progress(specs: &[&Spec], mode: Mode) -> ProgressBar {
    let bar = ProgressBar::new(specs.iter().map(|spec| millis(spec, mode)).sum());
    bar.set_style(ProgressStyle::with_template("{bar:12} {eta:>4} left  {wide_msg}").expect("a valid template"));
    if !bar.is_hidden() {
        bar.enable_steady_tick(Duration::from_millis(250)); // by a thread
    } else if bar.length() > Some(10_000) {
        let (count, seconds) = (specs.len(), bar.length().unwrap_or(0) / 1000);
        let _ = writeln!(io::stderr(), "comparison: {count} experiments, about {seconds} s"); // only a help
    }
    bar
}

fn millis(spec: &Spec, mode: Mode) -> u64 {
    (1000.0 * spec.takes(mode)) as u64
}

fn failed(spec: &Spec, why: String) -> Experiment {
    Experiment::without_samples(spec.id, Status::Failed, Some(why))
}

/// Runs one experiment in a process of its own: what it allocates, starts or breaks is gone with it. `None` when it was
/// interrupted.
fn run_apart(spec: &Spec, plan: &Plan, interrupt: &Interrupt) -> io::Result<Option<Experiment>> {
    let (start, before) = (Instant::now(), Snapshot::take(&plan.cpus));
    let mut command = child::command(spec.id, plan);
    let mut child = Guard::from(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?);
    let output = read_aside(child.stdout.take().expect("stdout is a pipe"))?;
    let errors = read_aside(child.stderr.take().expect("stderr is a pipe"))?;
    let end = wait(&mut child, Duration::from_secs(spec.deadline()), interrupt)?;
    drop(child); // where it still runs, it is killed: then its pipes end
    let (output, errors) = (text_of(output)?, text_of(errors)?);
    let mut experiment = match end {
        Waited::Interrupted => return Ok(None),
        Waited::InVain => failed(spec, format!("not done within {} s", spec.deadline())),
        Waited::For(End::Exited(0)) => serde_json::from_str(&output)?,
        Waited::For(end) => failed(spec, format!("its process {end}")),
    };
    if let (Status::Failed, Some(why), false) = (experiment.status, &mut experiment.why, errors.is_empty()) {
        *why += &format!(" ({})", errors.trim().replace('\n', "; "));
    }
    experiment.seconds = start.elapsed().as_secs_f64();
    experiment.others = before.others(&plan.cpus);
    Ok(Some(experiment))
}

enum Waited {
    For(End),
    InVain,
    Interrupted,
}

/// Waits for the child in short turns, with a look at the interrupt after each. Ctrl-C on a terminal ends the child,
/// too: that is no failure of it.
fn wait(child: &mut Guard, patience: Duration, interrupt: &Interrupt) -> io::Result<Waited> {
    const TURN: Duration = Duration::from_millis(100);
    let start = Instant::now();
    while start.elapsed() < patience {
        let end = child.wait_at_most(TURN)?;
        match end {
            _ if interrupt.has_come() => return Ok(Waited::Interrupted),
            Some(end) => return Ok(Waited::For(end)),
            None => {}
        }
    }
    Ok(Waited::InVain)
}

type Reader = thread::JoinHandle<io::Result<String>>;

/// Reads a pipe to its end, so that a child that prints much does not wait for us while we wait for it.
fn read_aside(pipe: impl Read + Send + 'static) -> io::Result<Reader> {
    thread::Builder::new().spawn(move || io::read_to_string(pipe))
}

fn text_of(reader: Reader) -> io::Result<String> {
    reader.join().map_err(|_| io::Error::other("the reader of a pipe panicked"))?
}
