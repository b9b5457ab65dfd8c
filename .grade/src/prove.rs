//! Proves that the exercises and the grader are sound: starters are red, right answers pass, each wrong one fails by the
//! check that it names, and hostile ones get their verdicts and leave nothing behind.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::class::in_parallel;
use crate::exercise::Exercise;
use crate::grade::{self, Graded};
use crate::scratch;
use crate::verdict::{CheckEnd, Verdict};
use crate::workshop::Workshop;

/// The exercise that the hostile answers pretend to solve.
pub(crate) const OF_HOSTILE: (&str, &str) = ("process-basics", "reap_all");

/// The name that hostile answers give to what they write.
const WRITTEN: &str = "written-by-a-submission";

/// An answer, and what must come of it.
struct Trial<'a> {
    exercise: &'a Exercise,
    file: PathBuf,
    expected: Expected,
}

enum Expected {
    /// Every check fails, for it is not written yet, and the compiler warns of nothing.
    Red,
    /// Every check passes, and the compiler warns of nothing.
    Green,
    /// This check does not pass.
    Fails(String),
    /// This verdict.
    Verdict(String),
}

/// Tries all answers of these exercises and, if asked for, the hostile ones; whether each came out as it must.
pub(crate) fn run(
    workshop: &Workshop,
    exercises: &[Exercise],
    hostile: Option<&Path>,
    jobs: usize,
    out: &mut dyn Write,
) -> Result<bool> {
    let mut trials = Vec::new();
    let mut faults: Vec<String> = Vec::new();
    for exercise in exercises {
        add_answers(exercise, &mut trials, &mut faults)?;
    }
    if let Some(folder) = hostile {
        let (chapter, name) = OF_HOSTILE;
        let exercise = exercises.iter().find(|exercise| exercise.chapter == chapter && exercise.name == name);
        add_hostile(folder, exercise.context("the hostile answers' exercise is missing")?, &mut trials)?;
    }
    in_parallel(jobs, &trials, |trial| judge(workshop, trial), &mut |n, fault: Option<String>| {
        let trial = &trials[n];
        let name = format!("{}: {}", trial.exercise.id(), trial.file.file_name().unwrap_or_default().display());
        let _ = match &fault {
            None => writeln!(out, "✓ {name}: {}", trial.expected.words()),
            Some(why) => writeln!(out, "✗ {name}: {}, but {why}", trial.expected.words()),
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

impl Expected {
    fn words(&self) -> String {
        match self {
            Self::Red => "red in every check".to_owned(),
            Self::Green => "passes every check".to_owned(),
            Self::Fails(check) => format!("fails '{check}'"),
            Self::Verdict(verdict) => format!("gets '{verdict}'"),
        }
    }
}

fn add_answers<'a>(exercise: &'a Exercise, trials: &mut Vec<Trial<'a>>, faults: &mut Vec<String>) -> Result<()> {
    trials.push(Trial { exercise, file: exercise.starter.clone(), expected: Expected::Red });
    let mut wrong = 0;
    for file in exercise.answers()? {
        let expected = if file.ends_with("right.rs") {
            Expected::Green
        } else {
            wrong += 1;
            Expected::Fails(first_line(&file, "//! Fails: ")?)
        };
        trials.push(Trial { exercise, file, expected });
    }
    if wrong < 2 {
        faults.push(format!("{}: fewer than two wrong answers", exercise.id()));
    }
    Ok(())
}

fn add_hostile<'a>(folder: &Path, exercise: &'a Exercise, trials: &mut Vec<Trial<'a>>) -> Result<()> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.sort();
    for file in files {
        let expected = Expected::Verdict(first_line(&file, "//! Verdict: ")?);
        trials.push(Trial { exercise, file, expected });
    }
    Ok(())
}

/// What a file's first line says after this prefix.
fn first_line(file: &Path, prefix: &str) -> Result<String> {
    let text = fs::read_to_string(file)?;
    let line = text.lines().next().and_then(|line| line.strip_prefix(prefix));
    Ok(line.with_context(|| format!("{}: the first line must begin with '{prefix}'", file.display()))?.to_owned())
}

/// Grades one answer; why it did not come out as it must.
fn judge(workshop: &Workshop, trial: &Trial) -> Option<String> {
    let text = match fs::read(&trial.file) {
        Ok(text) => text,
        Err(why) => return Some(why.to_string()),
    };
    let graded = grade::answer(workshop, trial.exercise, &text);
    let not_written =
        |end: &CheckEnd| matches!(end, CheckEnd::Failed { cause, .. } if cause.starts_with("not written yet"));
    let holds = match &trial.expected {
        Expected::Red => {
            !graded.checks.is_empty()
                && graded.checks.iter().all(|check| not_written(&check.end))
                && graded.warnings.is_empty()
        }
        Expected::Green => graded.verdict == Verdict::Passed && graded.warnings.is_empty(),
        Expected::Fails(name) => graded.checks.iter().any(|check| {
            let judged = !matches!(check.end, CheckEnd::Passed | CheckEnd::NotRun | CheckEnd::GraderError { .. });
            check.name == *name && judged && graded.warnings.is_empty()
        }),
        Expected::Verdict(verdict) => graded.verdict.to_string() == *verdict,
    };
    (!holds).then(|| describe(&graded))
}

fn describe(graded: &Graded) -> String {
    let mut text = format!("the verdict is '{}'", graded.verdict);
    if let Verdict::DoesNotCompile(why) | Verdict::GraderError(why) = &graded.verdict {
        text.push_str(&format!("\n{why}"));
    }
    for check in graded.checks.iter().filter(|check| check.end != CheckEnd::Passed) {
        text.push_str(&format!("\n    ✗ {}: {}", check.name, check.end.cause()));
    }
    for warning in &graded.warnings {
        text.push_str(&format!("\n{warning}"));
    }
    text
}

/// What submissions left: processes, files outside their folders, changed checks.
fn left_behind(workshop: &Workshop, exercises: &[Exercise]) -> Result<Vec<String>> {
    let mut left = Vec::new();
    for pid in scratch::processes_inside()? {
        left.push(format!("process {pid} of a submission is still running"));
    }
    let folders = ["/tmp", "/var/tmp", "/dev/shm", "/"].map(PathBuf::from);
    let copies = exercises.iter().map(|exercise| workshop.folder(&exercise.chapter));
    for file in folders.into_iter().chain(copies).map(|folder| folder.join(WRITTEN)) {
        if file.exists() {
            left.push(format!("{} was written by a submission", file.display()));
        }
    }
    for exercise in exercises {
        let checks = format!("exercises/checks/{}.rs", exercise.name);
        let original = exercise.starter.with_file_name("checks").join(format!("{}.rs", exercise.name));
        if fs::read(original)? != fs::read(workshop.folder(&exercise.chapter).join(&checks))? {
            left.push(format!("{} {checks} was changed by a submission", exercise.chapter));
        }
    }
    Ok(left)
}
