//! What a student asks: which exercises there are, and how far this one is.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Result;

use crate::cargo::{build_in_place, has_todo};
use crate::contain::Containment;
use crate::exercise::{CHAPTERS, Exercise};
use crate::grade::{self, Graded};
use crate::verdict::{CheckEnd, CheckResult, Verdict};

/// How much of what a failed check printed is shown.
const OUTPUT_LINES: usize = 20;

/// Lists the exercises. Nothing is stored: done is what passes now. One with a `todo!` is not built.
pub(crate) fn list(workspace: &Path, exercises: &[Exercise], out: &mut dyn Write) -> Result<()> {
    let containment = Containment::probe()?;
    let mut done = 0;
    for chapter in CHAPTERS {
        let of_chapter: Vec<&Exercise> = exercises.iter().filter(|exercise| exercise.chapter == chapter).collect();
        if of_chapter.is_empty() {
            continue;
        }
        writeln!(out, "{chapter}")?;
        for exercise in of_chapter {
            let passes = !has_todo(&exercise.starter) && passes(workspace, &containment, exercise)?;
            done += usize::from(passes);
            writeln!(out, "  {} {:<20} {}", if passes { '✓' } else { '·' }, exercise.name, exercise.about)?;
        }
    }
    writeln!(out, "\n{done} of {} done. Next: cargo grade CHAPTER EXERCISE", exercises.len())?;
    Ok(())
}

fn passes(workspace: &Path, containment: &Containment, exercise: &Exercise) -> Result<bool> {
    let messages = build_in_place(workspace, exercise)?;
    Ok(grade::in_place(containment, exercise, messages).verdict == Verdict::Passed)
}

/// Builds and runs the checks of one exercise; whether all pass.
pub(crate) fn check(workspace: &Path, exercise: &Exercise, hints: bool, out: &mut dyn Write) -> Result<bool> {
    let file = format!("{}/{}", exercise.chapter, exercise.file());
    writeln!(out, "{}: {}\n  your file: {file}", exercise.id(), exercise.about)?;
    out.flush()?;
    let messages = build_in_place(workspace, exercise)?;
    let Graded { verdict, checks, warnings } = grade::in_place(&Containment::probe()?, exercise, messages);
    for check in &checks {
        print(check, hints, out)?;
    }
    for warning in warnings {
        writeln!(out, "\n{warning}")?;
    }
    let passed = checks.iter().filter(|check| check.end == CheckEnd::Passed).count();
    match &verdict {
        Verdict::DoesNotCompile(error) => {
            writeln!(out, "\n{error}\n\n{file} does not compile: the first error is above")?
        }
        Verdict::GraderError(why) => writeln!(out, "\ngrader error, not your fault: {why}")?,
        _ => writeln!(out, "{passed} of {} checks pass", checks.len())?,
    }
    if verdict != Verdict::Passed && has_todo(&exercise.starter) {
        writeln!(out, "Red at first is right: replace each todo! in your file, then run this command again.")?;
    } else if verdict == Verdict::Failed && !hints {
        writeln!(out, "More help: cargo grade {} --hint", exercise.id())?;
    }
    Ok(verdict == Verdict::Passed)
}

fn print(check: &CheckResult, hints: bool, out: &mut dyn Write) -> io::Result<()> {
    if check.end == CheckEnd::Passed {
        return writeln!(out, "✓ {}", check.name);
    }
    writeln!(out, "✗ {}", check.name)?;
    let mut lines = vec![("cause", check.end.cause())];
    if let CheckEnd::Failed { expected, actual, .. } = &check.end {
        lines.extend([("expected", expected.clone()), ("actual", actual.clone())]);
    }
    lines.push(("hint", check.hint.clone()));
    if hints {
        lines.push(("", check.more.clone()));
    }
    for (label, text) in lines.into_iter().filter(|(_, text)| !text.is_empty()) {
        writeln!(out, "    {label:<9} {}", text.trim().replace('\n', "\n              "))?;
    }
    let printed: Vec<&str> = check.output.lines().collect();
    for (n, line) in printed.iter().take(OUTPUT_LINES).enumerate() {
        writeln!(out, "    {:<9} {line}", if n == 0 { "printed" } else { "" })?;
    }
    if printed.len() > OUTPUT_LINES {
        writeln!(out, "              … and {} lines more", printed.len() - OUTPUT_LINES)?;
    }
    Ok(())
}
