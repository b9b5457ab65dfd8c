//! Proves that the exercises and the grader are sound: starters are red, right answers pass, each wrong one fails by the
//! check that it names, and hostile ones get their verdicts and leave nothing behind.

use std::fmt;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use nix::sys::prctl;

use crate::contain::tree;
use crate::exercise::{Exercise, entries};
use crate::parallel::in_parallel;
use crate::verdict::{Graded, Verdict};
use crate::workshop::Workshop;

/// The exercise that the hostile answers pretend to solve.
const OF_HOSTILE: &str = "process-basics reap_all";

/// The name that hostile answers give to what they write.
const WRITTEN: &str = "written-by-a-submission";

/// An answer, and what must come of it.
struct Trial<'a> {
    exercise: &'a Exercise,
    file: PathBuf,
    expected: Expected,
}

enum Expected {
    /// Every check fails, for it is not written yet.
    Red,
    /// Every check passes.
    Green,
    /// This check does not pass.
    Fails(String),
    /// This verdict.
    Verdict(String),
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Red => f.write_str("red in every check"),
            Self::Green => f.write_str("passes every check"),
            Self::Fails(check) => write!(f, "fails '{check}'"),
            Self::Verdict(verdict) => write!(f, "gets '{verdict}'"),
        }
    }
}

impl Expected {
    /// What the first line of an answer says about it.
    fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file)?;
        let first = text.lines().next().unwrap_or_default();
        let fails = first.strip_prefix("//! Fails: ").map(|check| Self::Fails(check.to_owned()));
        let verdict = || first.strip_prefix("//! Verdict: ").map(|verdict| Self::Verdict(verdict.to_owned()));
        let green = file.ends_with("right.rs").then_some(Self::Green);
        green.or(fails).or_else(verdict).with_context(|| format!("{}: the first line says no result", file.display()))
    }

    /// Whether it came out like this. No answer but a hostile one may make the compiler warn.
    fn holds(&self, graded: &Graded) -> bool {
        let not_written = |verdict: &Verdict| matches!(verdict, Verdict::Failed { cause, .. } if cause.starts_with("not written yet"));
        let judged =
            |verdict: &Verdict| !matches!(verdict, Verdict::Passed | Verdict::NotRun | Verdict::GraderError(_));
        let mut checks = graded.checks.iter();
        match self {
            Self::Verdict(verdict) => graded.verdict.to_string() == *verdict,
            _ if !graded.warnings.is_empty() || graded.checks.is_empty() => false,
            Self::Red => checks.all(|check| not_written(&check.verdict)),
            Self::Green => graded.verdict == Verdict::Passed,
            Self::Fails(name) => checks.any(|check| check.name == *name && judged(&check.verdict)),
        }
    }
}

/// Tries all answers of these exercises, and the hostile ones of a folder; whether each came out as it must.
pub(crate) fn run(
    workshop: &Workshop,
    exercises: &[&Exercise],
    hostile: &Path,
    jobs: usize,
    out: &mut dyn Write,
) -> Result<bool> {
    prctl::set_child_subreaper(true)?; // what escapes a supervisor comes to us
    let mut trials = Vec::new();
    for exercise in exercises {
        trials.push(Trial { exercise, file: exercise.starter.clone(), expected: Expected::Red });
        let mut files = entries(&exercise.answers())?;
        if exercise.id() == OF_HOSTILE {
            files.extend(entries(hostile)?);
        }
        for file in files {
            trials.push(Trial { exercise, expected: Expected::read(&file)?, file });
        }
    }
    let mut faults = few_wrong_answers(exercises, &trials);
    let grade = |trial: &Trial| fs::read(&trial.file).map(|text| workshop.grade(trial.exercise, Some(&text)));
    in_parallel(jobs, &trials, grade, |trial, graded| {
        let file = trial.file.file_name().unwrap_or_default();
        let name = format!("{}: {}: {}", trial.exercise.id(), file.display(), trial.expected);
        let fault = match graded {
            Ok(graded) if trial.expected.holds(&graded) => None,
            Ok(graded) => Some(describe(&graded)),
            Err(why) => Some(why.to_string()),
        };
        let _ = match &fault {
            None => writeln!(out, "✓ {name}"),
            Some(why) => writeln!(out, "✗ {name}, but {why}"),
        };
        faults.extend(fault.map(|_| format!("{name} (see above)")));
    });
    faults.extend(left_behind(workshop, exercises)?);
    for fault in &faults {
        writeln!(out, "fault: {fault}")?;
    }
    writeln!(out, "{} answers tried, {} faults", trials.len(), faults.len())?;
    Ok(faults.is_empty())
}

fn few_wrong_answers(exercises: &[&Exercise], trials: &[Trial]) -> Vec<String> {
    let wrong = |trial: &&Trial, exercise: &Exercise| {
        trial.exercise == exercise && matches!(trial.expected, Expected::Fails(_))
    };
    let few = exercises.iter().filter(|exercise| trials.iter().filter(|trial| wrong(trial, exercise)).count() < 2);
    few.map(|exercise| format!("{}: fewer than two wrong answers", exercise.id())).collect()
}

fn describe(graded: &Graded) -> String {
    let mut text = format!("the verdict is '{}': {}", graded.verdict, graded.verdict.cause());
    for check in graded.checks.iter().filter(|check| check.verdict != Verdict::Passed) {
        text.push_str(&format!("\n    ✗ {}: {}", check.name, check.verdict.cause()));
    }
    for warning in &graded.warnings {
        text.push_str(&format!("\n{warning}"));
    }
    text
}

/// What submissions left: processes, files outside their folders, changed checks.
fn left_behind(workshop: &Workshop, exercises: &[&Exercise]) -> Result<Vec<String>> {
    let mut left: Vec<String> =
        tree::descendants().iter().map(|pid| format!("process {pid} of a submission is still running")).collect();
    let folders = ["/tmp", "/var/tmp", "/dev/shm", "/"].map(PathBuf::from);
    let chapters = exercises.iter().map(|exercise| workshop.root.join(&exercise.chapter));
    for file in folders.into_iter().chain(chapters).map(|folder| folder.join(WRITTEN)) {
        if file.exists() {
            left.push(format!("{} was written by a submission", file.display()));
        }
    }
    for exercise in exercises {
        let checks = format!("checks/{}.rs", exercise.name);
        let copy = workshop.root.join(&exercise.chapter).join("exercises").join(&checks);
        if fs::read(exercise.starter.with_file_name(checks))? != fs::read(&copy)? {
            left.push(format!("{} was changed by a submission", copy.display()));
        }
    }
    Ok(left)
}
