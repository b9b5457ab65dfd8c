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
    let mut to_do = Vec::new();
    for exercise in exercises {
        let passes = !exercise.has_todo() && workshop.grade(exercise, None).verdict == Verdict::Passed;
        writeln!(Output, "{} {:<32} {}", if passes { '✓' } else { '·' }, exercise.id, exercise.about)?;
        if !passes {
            to_do.push(&exercise.id);
        }
    }
    writeln!(Output, "\n✓ done: {}, · not yet: {}", exercises.len() - to_do.len(), to_do.len())?;
    if let Some(next) = to_do.first() {
        writeln!(Output, "Next: cargo grade {next}")?;
    }
    Ok(())
}

/// Builds and runs the checks of one exercise; whether all pass.
pub(crate) fn check(workshop: &Workshop, exercise: &Exercise, hints: bool) -> Result<bool> {
    let file = exercise.file();
    writeln!(Output, "{}: {}\n  your file: {file}", exercise.id, exercise.about)?;
    writeln!(Output, "  building and checking it (half a minute at most, if it was never built)")?;
    let graded = workshop.grade(exercise, None);
    let is_written = !exercise.has_todo();
    for check in &graded.checks {
        print(check, hints || is_written, hints)?;
    }
    for warning in &graded.warnings {
        writeln!(Output, "\n{warning}")?;
    }
    if graded.checks.is_empty() {
        writeln!(Output, "\n{}\n\n{file}: {}", graded.verdict.cause(), graded.verdict)?;
    } else {
        writeln!(Output, "{} of {} checks pass", graded.passed(), graded.checks.len())?;
    }
    let next = match graded.verdict {
        Verdict::Passed => format!("Compare it with {}/exercises/answers/{}/right.rs", exercise.chapter, exercise.name),
        Verdict::DoesNotCompile(_) => "Correct it, then run this command again".to_owned(),
        _ if is_written => format!("More help: cargo grade {} --hint", exercise.id),
        _ => "Red at first is right: replace each todo! in your file, then run this command again".to_owned(),
    };
    writeln!(Output, "{next}")?;
    Ok(graded.verdict == Verdict::Passed)
}

/// Prints a check: an answer that is not written yet needs no hint.
fn print(check: &CheckResult, hint: bool, more: bool) -> io::Result<()> {
    if check.verdict == Verdict::Passed {
        return writeln!(Output, "✓ {}", check.name);
    }
    writeln!(Output, "✗ {}", check.name)?;
    let cause = check.verdict.cause();
    let mut lines = vec![("cause", &*cause)];
    if let Verdict::Failed { expected, actual, .. } = &check.verdict {
        lines.extend([("expected", &**expected), ("actual", actual)]);
    }
    lines.extend(hint.then_some(("hint", &*check.hint)));
    lines.extend(more.then_some(("", &*check.more)));
    let printed: Vec<&str> = check.output.lines().take(OUTPUT_LINES).collect();
    let printed = printed.join("\n");
    lines.push(("printed", &printed));
    for (label, text) in lines.into_iter().filter(|(_, text)| !text.is_empty()) {
        writeln!(Output, "    {label:<9} {}", text.trim().replace('\n', "\n              "))?;
    }
    Ok(())
}
