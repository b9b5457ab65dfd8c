//! Proves that the exercises and the grader are sound: starters are red, right answers pass, each wrong one fails by the
//! check that it names, and hostile ones get their verdicts and leave nothing behind.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use anyhow::Result;
use nix::sys::prctl;
use nix::unistd::getpid;

use crate::cli::Output;
use crate::contain::tree;
use crate::exercise::{CHAPTERS, Exercise, entries};
use crate::parallel::for_each;
use crate::verdict::{Graded, Verdict};
use crate::workshop::Workshop;

/// The exercise that the hostile answers pretend to solve.
const OF_HOSTILE: &str = "process-basics reap_all";

/// The name that hostile answers give to what they write.
const WRITTEN: &str = "written-by-a-submission";

/// Tries all answers of these exercises, and the hostile ones; whether each came out as it must.
pub(crate) fn run(workshop: &Workshop, workspace: &Path, exercises: &[&Exercise], jobs: usize) -> Result<bool> {
    prctl::set_child_subreaper(true)?; // what escapes a supervisor comes to us
    let mut answers = Vec::new();
    for exercise in exercises {
        let mut files = entries(&exercise.answers())?;
        if exercise.id == OF_HOSTILE {
            files.extend(entries(&workspace.join(".grade/hostile"))?);
        }
        answers.push((*exercise, exercise.starter.clone()));
        answers.extend(files.into_iter().map(|file| (*exercise, file)));
    }
    let faults = Mutex::new(Vec::new());
    for_each(jobs, &answers, |(exercise, file)| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let graded = workshop.grade(exercise, Some(&text));
        let (expected, holds) = expectation(file, &text, &graded);
        let name = format!("{}: {}: {expected}", exercise.id, file.file_name().unwrap_or_default().display());
        let _ = writeln!(Output, "{} {name}", if holds { '✓' } else { '✗' });
        if !holds {
            faults.lock().expect("adding a fault does not panic").push(format!("{name}, but {}", describe(&graded)));
        }
    });
    let mut faults = faults.into_inner().unwrap_or_default();
    faults.extend(left_behind(workshop, workspace)?);
    for fault in &faults {
        writeln!(Output, "fault: {fault}")?;
    }
    writeln!(Output, "{} answers tried, {} faults", answers.len(), faults.len())?;
    Ok(faults.is_empty())
}

/// What must come of an answer, and whether it came: the first line of a wrong or a hostile one says it. Only a hostile one
/// may make the compiler warn.
fn expectation(file: &Path, text: &str, graded: &Graded) -> (String, bool) {
    let first = text.lines().next().unwrap_or_default();
    if let Some(verdict) = first.strip_prefix("//! Verdict: ") {
        return (format!("gets '{verdict}'"), graded.verdict.to_string() == verdict);
    }
    let (expected, holds) = if let Some(name) = first.strip_prefix("//! Fails: ") {
        let not_judged = |end: &Verdict| matches!(end, Verdict::Passed | Verdict::NotRun | Verdict::GraderError(_));
        let fails = graded.checks.iter().any(|check| check.name == name && !not_judged(&check.verdict));
        (format!("fails '{name}'"), fails)
    } else if file.ends_with("right.rs") {
        ("passes every check".to_owned(), graded.verdict == Verdict::Passed)
    } else {
        let red = graded.checks.iter().all(|check| check.verdict.cause().starts_with("not written yet"));
        ("red in every check".to_owned(), red && !graded.checks.is_empty())
    };
    (expected, holds && graded.warnings.is_empty())
}

fn describe(graded: &Graded) -> String {
    let red = graded.checks.iter().filter(|check| check.verdict != Verdict::Passed);
    let red: String = red.map(|check| format!("\n    ✗ {}: {}", check.name, check.verdict.cause())).collect();
    format!("the verdict is '{}': {}{red}\n{}", graded.verdict, graded.verdict.cause(), graded.warnings.join("\n"))
}

/// What submissions left: processes, files outside their folders, changes in the copy.
fn left_behind(workshop: &Workshop, workspace: &Path) -> Result<Vec<String>> {
    let running = tree::descendants(getpid());
    let mut left: Vec<String> = running.iter().map(|pid| format!("process {pid} is still running")).collect();
    let written = ["/tmp", "/var/tmp", "/dev/shm", "/"].map(|folder| PathBuf::from(folder).join(WRITTEN));
    left.extend(written.iter().filter(|file| file.exists()).map(|file| format!("{} was written", file.display())));
    for chapter in CHAPTERS {
        let mut diff = Command::new("diff");
        diff.args(["-rq", "-x", "answers"]).arg(workspace.join(chapter)).arg(workshop.root.join(chapter));
        left.push(String::from_utf8_lossy(&diff.output()?.stdout).into_owned());
    }
    left.retain(|what| !what.is_empty());
    Ok(left)
}
