//! One answer from its text to its verdict.

use anyhow::Result;

use crate::cargo::Messages;
use crate::contain::Containment;
use crate::exercise::Exercise;
use crate::run::Runner;
use crate::verdict::{CheckResult, Verdict, of_checks};
use crate::workshop::Workshop;

/// What came of an answer.
pub(crate) struct Graded {
    pub(crate) verdict: Verdict,
    pub(crate) checks: Vec<CheckResult>,
    /// What the compiler warned of.
    pub(crate) warnings: Vec<String>,
}

impl From<Verdict> for Graded {
    fn from(verdict: Verdict) -> Self {
        Self { verdict, checks: vec![], warnings: vec![] }
    }
}

/// Builds an answer in the chapter's copy and runs its checks. It never fails: what the grader cannot do is a verdict, too.
pub(crate) fn answer(workshop: &Workshop, exercise: &Exercise, text: &[u8]) -> Graded {
    let built = match workshop.build(exercise, text) {
        Ok(built) => built,
        Err(verdict) => return verdict.into(),
    };
    let checks = Runner::new(&workshop.containment, &built.program()).and_then(|runner| runner.run(exercise, true));
    of_result(checks, built.warnings)
}

/// Runs the checks of a student's own build.
pub(crate) fn in_place(containment: &Containment, exercise: &Exercise, messages: Messages) -> Graded {
    let Some(program) = messages.program else {
        return Verdict::DoesNotCompile(messages.error.unwrap_or_default()).into();
    };
    let checks = Runner::new(containment, &program).and_then(|runner| runner.run(exercise, false));
    of_result(checks, messages.warnings)
}

fn of_result(checks: Result<Vec<CheckResult>>, warnings: Vec<String>) -> Graded {
    match checks {
        Ok(checks) => Graded { verdict: of_checks(&checks), checks, warnings },
        Err(why) => Verdict::GraderError(format!("{why:#}")).into(),
    }
}
