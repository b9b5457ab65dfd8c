//! Runs each experiment in a fresh process with a deadline. One that hangs or dies is reported, and the rest goes on.

use std::io::{self, Read};
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
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
    bar.enable_steady_tick(Duration::from_millis(250));
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
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let outcome = collect(&mut child, spec);
    let _ = child.kill(); // fails when it has ended, as it should
    let _ = child.wait();
    outcome
}

fn collect(child: &mut Child, spec: &Spec) -> io::Result<Experiment> {
    let output = read_aside(child.stdout.take().expect("stdout is a pipe"));
    let errors = read_aside(child.stderr.take().expect("stderr is a pipe"));
    let Some(end) = wait_at_most(child, Duration::from_secs(spec.deadline))? else {
        child.kill()?;
        return Ok(failed(spec, format!("not done within {} s", spec.deadline)));
    };
    let output = output.join().map_err(|_| io::Error::other("the reader panicked"))??;
    let errors = errors.join().map_err(|_| io::Error::other("the reader panicked"))??;
    if end != End::Exited(0) {
        return Ok(failed(spec, format!("its process {end}: {}", String::from_utf8_lossy(&errors).trim())));
    }
    serde_json::from_slice(&output).map_err(Into::into)
}

/// Reads a pipe to its end, so that a child that prints much does not wait for us while we wait for it.
fn read_aside(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<io::Result<Vec<u8>>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes)?;
        Ok(bytes)
    })
}
