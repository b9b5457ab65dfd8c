//! Grades a class: `DIR/STUDENT/CHAPTER/EXERCISE.rs`, each answer apart from the others.

use std::collections::BTreeSet;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use anyhow::{Context, Result, ensure};

use crate::exercise::Exercise;
use crate::grade::{self, Graded};
use crate::tokens;
use crate::verdict::{CheckEnd, CheckResult, Verdict};
use crate::workshop::Workshop;

/// A file larger than this is no answer.
const LARGEST: u64 = 1 << 20;

/// One line of the teacher's table.
pub(crate) struct Row {
    pub(crate) student: String,
    pub(crate) exercise: String,
    pub(crate) verdict: Verdict,
    pub(crate) checks: Vec<CheckResult>,
    /// What the teacher should know beside the verdict.
    pub(crate) notes: Vec<String>,
}

impl Row {
    /// Why, in a line: which checks, or the compiler's first line.
    pub(crate) fn detail(&self) -> String {
        let first_line = |text: &str| text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().to_owned();
        match &self.verdict {
            Verdict::DoesNotCompile(why) | Verdict::GraderError(why) | Verdict::Missing(why) => first_line(why),
            _ => {
                let red = self.checks.iter().filter(|check| !matches!(check.end, CheckEnd::Passed | CheckEnd::NotRun));
                let names: Vec<String> = red.map(|check| check.name.clone()).collect();
                let passed = self.checks.iter().filter(|check| check.end == CheckEnd::Passed).count();
                let counted = format!("{passed}/{}", self.checks.len());
                if names.is_empty() { counted } else { format!("{counted}: {}", names.join("; ")) }
            }
        }
    }
}

/// An answer that was found, or is missing.
struct Submission<'a> {
    student: String,
    exercise: &'a Exercise,
    text: Result<Vec<u8>, String>,
}

/// The folders of the students.
pub(crate) fn students(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut students: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    students.retain(|path| path.is_dir() && !name_of(path).starts_with('.'));
    students.sort();
    ensure!(!students.is_empty(), "no student's folder is in {}", folder.display());
    Ok(students)
}

/// The exercises that at least one student has handed in: these were to be done.
pub(crate) fn assigned(students: &[PathBuf], exercises: &[Exercise]) -> Vec<Exercise> {
    let handed_in = |exercise: &&Exercise| students.iter().any(|student| path(student, exercise).exists());
    exercises.iter().filter(handed_in).cloned().collect()
}

/// Files that belong to no exercise, such as one with a misspelt name.
pub(crate) fn strangers(students: &[PathBuf], exercises: &[Exercise]) -> Vec<PathBuf> {
    let known: BTreeSet<PathBuf> =
        students.iter().flat_map(|student| exercises.iter().map(move |exercise| path(student, exercise))).collect();
    let list = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let chapters = students.iter().flat_map(|student| list(student)).filter(|chapter| chapter.is_dir());
    let mut files: Vec<PathBuf> = chapters.flat_map(|chapter| list(&chapter).collect::<Vec<_>>()).collect();
    files.retain(|file| !known.contains(file));
    files.sort();
    files
}

/// Grades every assigned exercise of every student with this many jobs. `progress` hears of each row that is done.
pub(crate) fn grade(
    workshop: &Workshop,
    students: &[PathBuf],
    assigned: &[Exercise],
    jobs: usize,
    progress: &dyn Fn(&Row),
) -> Vec<Row> {
    let submissions: Vec<Submission> = students
        .iter()
        .flat_map(|student| assigned.iter().map(move |exercise| (student, exercise)))
        .map(|(student, exercise)| Submission {
            student: name_of(student),
            exercise,
            text: read(&path(student, exercise)),
        })
        .collect();
    let mut rows: Vec<(usize, Row)> = Vec::new();
    in_parallel(jobs, &submissions, |submission| grade_one(workshop, submission), &mut |n, graded: Graded| {
        let submission = &submissions[n];
        let row = Row {
            student: submission.student.clone(),
            exercise: submission.exercise.id(),
            notes: notes(submission, &submissions),
            verdict: graded.verdict,
            checks: graded.checks,
        };
        progress(&row);
        rows.push((n, row));
    });
    rows.sort_by_key(|(n, _)| *n);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Does the work for each item on `jobs` threads; `done` gets the results as they come.
pub(crate) fn in_parallel<T: Sync, R: Send>(
    jobs: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
    done: &mut dyn FnMut(usize, R),
) {
    let (sender, results) = mpsc::channel();
    let (next, work) = (AtomicUsize::new(0), &work);
    thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while let Some((n, item)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|n| Some((n, items.get(n)?)))
                {
                    let _ = sender.send((n, work(item)));
                }
            });
        }
        drop(sender);
        for (n, result) in results {
            done(n, result);
        }
    });
}

fn grade_one(workshop: &Workshop, submission: &Submission) -> Graded {
    let text = match &submission.text {
        Ok(text) => text,
        Err(why) => return Verdict::Missing(why.clone()).into(),
    };
    // A fault of the grader must not cost the others their verdicts.
    panic::catch_unwind(AssertUnwindSafe(|| grade::answer(workshop, submission.exercise, text)))
        .unwrap_or_else(|_| Verdict::GraderError("the grader panicked".into()).into())
}

/// A plain file, read. A link could lead to any file of the teacher's.
fn read(file: &Path) -> Result<Vec<u8>, String> {
    let about = fs::symlink_metadata(file).map_err(|_| "no file was handed in".to_owned())?;
    if !about.is_file() {
        return Err("it is not a plain file".to_owned());
    }
    if about.len() > LARGEST {
        return Err("the file is larger than 1 MiB".to_owned());
    }
    fs::read(file).map_err(|why| why.to_string())
}

/// Where an answer is, token by token, the reference's or another student's; and what a teacher should read.
fn notes(submission: &Submission, all: &[Submission]) -> Vec<String> {
    let Ok(text) = &submission.text else { return vec![] };
    let tokens_of = |text: &[u8]| tokens::of(&String::from_utf8_lossy(text));
    let tokens_of_file = |file: PathBuf| fs::read(file).map(|text| tokens_of(&text)).unwrap_or_default();
    let tokens = tokens_of(text);
    let exercise = submission.exercise;
    if tokens == tokens_of_file(exercise.starter.clone()) {
        return vec!["the starter, unchanged".to_owned()];
    }
    let mut notes = Vec::new();
    if tokens == tokens_of_file(exercise.starter.with_file_name("answers").join(&exercise.name).join("right.rs")) {
        notes.push("the same as the reference, token by token".to_owned());
    }
    for other in all.iter().filter(|other| other.exercise == exercise && other.student != submission.student) {
        if other.text.as_ref().is_ok_and(|text| tokens_of(text) == tokens) {
            notes.push(format!("the same as {}'s, token by token", other.student));
        }
    }
    let source = String::from_utf8_lossy(text);
    for word in ["/proc/self/mem", "/proc/self/fd", "link_section"] {
        if source.contains(word) {
            notes.push(format!("mentions {word}: read it, since it may forge a report"));
        }
    }
    notes
}

fn path(student: &Path, exercise: &Exercise) -> PathBuf {
    student.join(&exercise.chapter).join(format!("{}.rs", exercise.name))
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
