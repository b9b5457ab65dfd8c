//! Runs each experiment in a fresh process with a deadline. One that hangs or dies is reported, and the rest goes on.

use std::io::{self, Read};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use process_basics::child::Guard;
use process_basics::pidfd::wait_at_most;
use process_basics::spawn::End;

use crate::child;
use crate::experiments::Spec;
use crate::report::{Experiment, Mode, Status};

/// How to run.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many samples.
    pub mode: Mode,
    /// For the order of the arms.
    pub seed: u64,
    /// Whether the real Node.js may be used.
    pub node: bool,
}

/// Runs the experiments one after another; the progress bar is drawn on standard error, if that is a terminal.
pub fn run(specs: &[&'static Spec], options: Options) -> Vec<Experiment> {
    let bar = ProgressBar::new(specs.len() as u64);
    bar.set_style(ProgressStyle::with_template("{bar:16} {pos}/{len} {elapsed} {msg}").expect("a valid template"));
    if !bar.is_hidden() {
        bar.enable_steady_tick(Duration::from_millis(250)); // by a thread
    }
    let mut outcomes = Vec::with_capacity(specs.len());
    for spec in specs {
        bar.set_message(spec.id);
        outcomes.push(run_apart(spec, options).unwrap_or_else(|error| failed(spec, error.to_string())));
        bar.inc(1);
    }
    bar.finish_and_clear();
    outcomes
}

fn failed(spec: &Spec, why: String) -> Experiment {
    Experiment::without_samples(spec.id.to_owned(), Status::Failed, why)
}

/// Runs one experiment in a process of its own: what it allocates, starts or breaks is gone with it.
fn run_apart(spec: &Spec, options: Options) -> io::Result<Experiment> {
    let mut command = child::command(spec.id, options.mode, options.seed, options.node);
    let mut child = Guard::from(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?);
    let output = read_aside(child.stdout.take().expect("stdout is a pipe"))?;
    let errors = read_aside(child.stderr.take().expect("stderr is a pipe"))?;
    let end = wait_at_most(&mut child, Duration::from_secs(spec.deadline))?;
    drop(child); // where it still runs, it is killed: then its pipes end
    let (output, errors) = (text_of(output)?, text_of(errors)?);
    let mut experiment = match end {
        None => failed(spec, format!("not done within {} s", spec.deadline)),
        Some(End::Exited(0)) => serde_json::from_str(&output)?,
        Some(end) => failed(spec, format!("its process {end}")),
    };
    if let (Status::Failed, Some(why), false) = (experiment.status, &mut experiment.why, errors.is_empty()) {
        *why += &format!(" ({})", errors.trim().replace('\n', "; "));
    }
    Ok(experiment)
}

type Reader = thread::JoinHandle<io::Result<String>>;

/// Reads a pipe to its end, so that a child that prints much does not wait for us while we wait for it.
fn read_aside(pipe: impl Read + Send + 'static) -> io::Result<Reader> {
    thread::Builder::new().spawn(move || io::read_to_string(pipe))
}

fn text_of(reader: Reader) -> io::Result<String> {
    reader.join().map_err(|_| io::Error::other("the reader of a pipe panicked"))?
}
