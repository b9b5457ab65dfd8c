//! Runs the checks of a built answer, each in a contained process, and believes nothing but a report with its nonce.

use std::path::Path;

use anyhow::{Result, ensure};

use crate::contain::{self, Measures, Spec};
use crate::exercise::Exercise;
use crate::protocol::{Receiver, Report};
use crate::verdict::{CheckResult, Verdict};

/// Runs every check; but not those after one that was killed, or after the second that hung, since somebody waits.
pub(crate) fn checks(exercise: &Exercise, program: &Path, measures: Measures) -> Vec<CheckResult> {
    let mut results = Vec::new();
    let mut trouble = 0;
    for (n, name) in exercise.checks.iter().enumerate() {
        let mut result = CheckResult { name: name.clone(), ..CheckResult::default() };
        if trouble < 2 {
            check(n, program, measures, &mut result).unwrap_or_else(|why| result.verdict = why.into());
        }
        trouble += match result.verdict {
            Verdict::Hung => 1,
            Verdict::Killed(_) => 2,
            _ => 0,
        };
        results.push(result);
    }
    results
}

/// Runs one check. Going beyond a limit counts even where a report came before.
fn check(n: usize, program: &Path, measures: Measures, result: &mut CheckResult) -> Result<()> {
    let (reports, stdin) = Receiver::new()?;
    let command = vec![program.display().to_string(), "--one".to_owned(), n.to_string()];
    let done = contain::run(&Spec::check(command, measures), stdin)?;
    result.verdict = done.verdict;
    result.output = done.stdout + &done.stderr;
    while let Some(report) = reports.next() {
        match report {
            Report::Begun { name, hint, more } => {
                ensure!(name == result.name, "the check '{name}' ran in place of '{}'", result.name);
                (result.hint, result.more) = (hint, more);
            }
            Report::Ended(_) if matches!(result.verdict, Verdict::Killed(_)) => break,
            Report::Ended(outcome) => {
                result.verdict = outcome.into();
                break;
            }
        }
    }
    Ok(())
}
