//! What a student asks: which exercises there are, and how far this one is.

use std::io::{self, Write};

use anyhow::Result;

use crate::cli::Output;
use crate::exercise::Exercise;
use crate::verdict::{CheckResult, Verdict};
use crate::workshop::Workshop;

/// How much of what a failed check printed is shown.
const OUTPUT_LINES: usize = 20;

/// Lists the exercises. Nothing is stored: done is what passes now. One with a `todo!` is not built.
pub(crate) fn list(workshop: &Workshop, exercises: &[Exercise]) -> Result<()> {
    let mut done = 0;
    for exercise in exercises {
        let passes = !exercise.has_todo() && workshop.grade(exercise, None).verdict == Verdict::Passed;
        done += usize::from(passes);
        writeln!(Output, "{} {:<32} {}", if passes { '✓' } else { '·' }, exercise.id, exercise.about)?;
    }
    writeln!(Output, "\n{done} of {} done. Next: cargo grade CHAPTER EXERCISE", exercises.len())?;
    Ok(())
}

/// Builds and runs the checks of one exercise; whether all pass.
pub(crate) fn check(workshop: &Workshop, exercise: &Exercise, hints: bool) -> Result<bool> {
    let file = exercise.file();
    writeln!(Output, "{}: {}\n  your file: {file}", exercise.id, exercise.about)?;
    let graded = workshop.grade(exercise, None);
    for check in &graded.checks {
        print(check, hints)?;
    }
    for warning in &graded.warnings {
        writeln!(Output, "\n{warning}")?;
    }
    if graded.checks.is_empty() {
        writeln!(Output, "\n{}\n\n{file}: {}", graded.verdict.cause(), graded.verdict)?;
    } else {
        writeln!(Output, "{} of {} checks pass", graded.passed(), graded.checks.len())?;
    }
    let passes = graded.verdict == Verdict::Passed;
    if !passes && exercise.has_todo() {
        writeln!(Output, "Red at first is right: replace each todo! in your file, then run this command again.")?;
    } else if !passes && !hints && !graded.checks.is_empty() {
        writeln!(Output, "More help: cargo grade {} --hint", exercise.id)?;
    }
    Ok(passes)
}

fn print(check: &CheckResult, hints: bool) -> io::Result<()> {
    if check.verdict == Verdict::Passed {
        return writeln!(Output, "✓ {}", check.name);
    }
    writeln!(Output, "✗ {}", check.name)?;
    let cause = check.verdict.cause();
    let mut lines = vec![("cause", &*cause)];
    if let Verdict::Failed { expected, actual, .. } = &check.verdict {
        lines.extend([("expected", &**expected), ("actual", actual)]);
    }
    lines.push(("hint", &check.hint));
    if hints {
        lines.push(("", &check.more));
    }
    let printed: Vec<&str> = check.output.lines().take(OUTPUT_LINES).collect();
    let printed = printed.join("\n");
    lines.push(("printed", &printed));
    for (label, text) in lines.into_iter().filter(|(_, text)| !text.is_empty()) {
        writeln!(Output, "    {label:<9} {}", text.trim().replace('\n', "\n              "))?;
    }
    Ok(())
}
