//! Runs the checks of one exercise, each in a process that can be killed from outside.
//!
//! The same bytes in every chapter. A check file lists its checks and hands them to [`run`]; what it uses to judge an
//! answer is in [`look`] and [`process`].

#![allow(dead_code, reason = "no check file uses everything")]

use std::process::ExitCode;
use std::{env, fmt};

pub mod alone; // all checks, one process after another: `cargo test --features exercises --test NAME`
pub mod look; // what /proc says about a process
pub mod one; // one check, in this process
pub mod process; // children for a check
pub mod protocol; // how a check reports
pub mod stdin; // where a check's report goes
pub mod watch; // whether threads sleep, seen by a child

pub use protocol::{Failure, Outcome};

/// One check of an exercise.
pub struct Check {
    /// A sentence: what a right answer does.
    pub name: &'static str,
    /// One line that helps after a failure.
    pub hint: &'static str,
    /// What `--hint` adds: more, but not the answer.
    pub more: &'static str,
    /// Calls the answer and judges it.
    pub run: fn() -> Outcome,
}

/// An answer that is wrong, with the reason.
pub fn failure(cause: impl fmt::Display) -> Failure {
    Failure { cause: cause.to_string(), ..Failure::default() }
}

/// Passes if both are equal.
pub fn equal<T: PartialEq + fmt::Debug>(cause: &str, actual: &T, expected: &T) -> Outcome {
    if actual == expected {
        return Ok(());
    }
    let expected = format!("{expected:?}");
    Err(Failure { cause: cause.into(), expected, actual: format!("{actual:?}"), setup: false })
}

/// Passes if the condition holds.
pub fn ensure(holds: bool, cause: &str, expected: impl fmt::Display, actual: impl fmt::Display) -> Outcome {
    if holds {
        return Ok(());
    }
    Err(Failure { cause: cause.into(), expected: expected.to_string(), actual: actual.to_string(), setup: false })
}

/// The value of a step that the *check* needs. Its failure is not the answer's fault.
pub fn setup<T, E: fmt::Display>(step: Result<T, E>) -> Result<T, Failure> {
    step.map_err(|why| Failure { setup: true, ..failure(format!("the check could not be set up: {why}")) })
}

/// The value that the *answer* returned. An error is the answer's fault.
pub fn answered<T, E: fmt::Display>(answer: Result<T, E>) -> Result<T, Failure> {
    answer.map_err(|why| failure(format!("the function returned an error: {why}")))
}

/// The whole `main` of a check file.
///
/// Without arguments (or with those of `cargo test`, which mean nothing here) it runs every check and prints the
/// results. With `--one N` it runs the n-th in this process, which reports to the socket that is its standard input.
pub fn run(exercise: &str, checks: &[Check]) -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--one", n] => one::run(n.parse().ok().and_then(|n: usize| checks.get(n))),
        _ => alone::run(exercise, checks),
    }
}
