//! Grades a class: `DIR/STUDENT/CHAPTER/EXERCISE.rs`, each answer apart from the others.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::Result;
use serde::Serialize;

use crate::exercise::{Exercise, entries};
use crate::parallel::for_each;
use crate::tokens;
use crate::verdict::{CheckResult, Graded, Verdict};
use crate::workshop::Workshop;

/// A file larger than this is no answer.
const LARGEST: u64 = 1 << 20;

/// What an answer needs to forge a report, or to read a file of the teacher's.
const SUSPICIOUS: [&str; 4] = ["/proc/self/mem", "/proc/self/fd", "link_section", "include"];

/// One line of the teacher's table.
#[derive(Serialize)]
pub(crate) struct Row {
    pub(crate) student: String,
    pub(crate) exercise: String,
    pub(crate) verdict: String,
    /// Why, in a line.
    pub(crate) detail: String,
    pub(crate) checks: Vec<CheckResult>,
    /// What the teacher should know beside the verdict.
    pub(crate) notes: Vec<String>,
}

/// An answer that was found, or why there is none.
struct Submission<'a> {
    student: String,
    exercise: &'a Exercise,
    text: Result<String, &'static str>,
}

/// What the students have handed in: all exercises that at least one of them did. Other files are reported.
fn submissions<'a>(folder: &Path, exercises: &'a [Exercise]) -> Result<Vec<Submission<'a>>> {
    let name = |path: &Path| path.file_name().unwrap_or_default().display().to_string();
    let inside = |folder: &PathBuf| entries(folder).unwrap_or_default();
    let mut students = entries(folder)?;
    students.retain(|path| path.is_dir() && !name(path).starts_with('.'));
    let mut assigned: Vec<&Exercise> = Vec::new();
    for file in students.iter().flat_map(inside).flat_map(|chapter| inside(&chapter)) {
        match exercises.iter().find(|exercise| file.ends_with(exercise.handed_in())) {
            Some(exercise) => assigned.push(exercise),
            None => eprintln!("not the name of an exercise, left out: {}", file.display()),
        }
    }
    let mut found = Vec::new();
    for student in &students {
        for exercise in exercises.iter().filter(|exercise| assigned.contains(exercise)) {
            let text = read(&student.join(exercise.handed_in()));
            found.push(Submission { student: name(student), exercise, text });
        }
    }
    Ok(found)
}

/// Reads a plain file. A link could lead to any file of the teacher's.
fn read(file: &Path) -> Result<String, &'static str> {
    let about = fs::symlink_metadata(file).map_err(|_| "no file was handed in")?;
    if !about.is_file() || about.len() > LARGEST {
        return Err("it is not a plain file of at most 1 MiB");
    }
    let bytes = fs::read(file).map_err(|_| "it cannot be read")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Grades everything that was handed in, with this many jobs. Each row is reported as it comes.
pub(crate) fn grade(workshop: &Workshop, folder: &Path, exercises: &[Exercise], jobs: usize) -> Result<Vec<Row>> {
    let submissions = submissions(folder, exercises)?;
    let rows = Mutex::new(Vec::new());
    for_each(jobs, &submissions, |submission| {
        let graded = match &submission.text {
            Ok(text) => workshop.grade(submission.exercise, Some(text)),
            Err(why) => Graded::without_checks(Verdict::Missing((*why).to_owned())),
        };
        let row = Row {
            student: submission.student.clone(),
            exercise: submission.exercise.id.clone(),
            verdict: graded.verdict.to_string(),
            detail: detail(&graded),
            checks: graded.checks,
            notes: notes(submission, &submissions),
        };
        eprintln!("{} {}: {}", row.student, row.exercise, row.verdict);
        rows.lock().expect("adding a row does not panic").push(row);
    });
    let mut rows = rows.into_inner().unwrap_or_default();
    rows.sort_by(|a, b| (&a.student, &a.exercise).cmp(&(&b.student, &b.exercise)));
    Ok(rows)
}

/// Which checks did not pass, or the first line of another cause.
fn detail(graded: &Graded) -> String {
    if graded.checks.is_empty() {
        let cause = graded.verdict.cause();
        return cause.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().to_owned();
    }
    let red = graded.checks.iter().filter(|check| !matches!(check.verdict, Verdict::Passed | Verdict::NotRun));
    let names: Vec<&str> = red.map(|check| &*check.name).collect();
    format!("{}/{} {}", graded.passed(), graded.checks.len(), names.join("; ")).trim_end().to_owned()
}

/// Where an answer is, token by token, the reference's or another student's; and what a teacher should read.
fn notes(submission: &Submission, all: &[Submission]) -> Vec<String> {
    let (Ok(text), exercise) = (&submission.text, submission.exercise) else { return vec![] };
    let tokens = tokens::of(text);
    let same_as = |file: &Path| fs::read_to_string(file).is_ok_and(|other| tokens::of(&other) == tokens);
    if same_as(&exercise.starter) {
        return vec!["the starter, unchanged".to_owned()];
    }
    let mut notes = Vec::new();
    if same_as(&exercise.answers().join("right.rs")) {
        notes.push("the same as the reference, token by token".to_owned());
    }
    for other in all.iter().filter(|other| other.exercise == exercise && other.student != submission.student) {
        if other.text.as_ref().is_ok_and(|text| tokens::of(text) == tokens) {
            notes.push(format!("the same as {}'s, token by token", other.student));
        }
    }
    let suspicious = SUSPICIOUS.iter().filter(|word| text.contains(**word));
    notes.extend(suspicious.map(|word| format!("mentions {word}: read it, since it may deceive the grader")));
    notes
}
