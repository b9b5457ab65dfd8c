//! What can come of an answer, and of each of its checks.

use std::error::Error;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::protocol::{Failure, Outcome};

/// The verdict on a check or on a whole answer. A later one says more than an earlier one: the last of its checks'
/// verdicts is the answer's.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "result", content = "why", rename_all = "kebab-case")]
pub(crate) enum Verdict {
    Passed,
    #[default]
    NotRun,
    Failed {
        cause: String,
        expected: String,
        actual: String,
    },
    EndedEarly(String),
    Hung,
    /// With the limit that was exceeded: memory, processes, output or time.
    Killed(String),
    Missing(String),
    DoesNotCompile(String),
    GraderError(String),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.words().0)
    }
}

impl Verdict {
    /// The cause in a sentence; nothing where it passed.
    pub(crate) fn cause(&self) -> String {
        self.words().1
    }

    fn words(&self) -> (String, String) {
        let (name, cause) = match self {
            Self::Passed => ("passed", String::new()),
            Self::NotRun => ("not run", "not run, since an earlier check hung or was killed".to_owned()),
            Self::Failed { cause, .. } => ("failed", cause.clone()),
            Self::EndedEarly(how) => ("ended early", format!("your answer ended the process: {how}; it has to return")),
            Self::Hung => ("hung", "no result within 10 seconds: look for a loop or a wait without an end".to_owned()),
            Self::Killed(limit) => {
                return (format!("killed ({limit})"), format!("killed, since it used too much: {limit}"));
            }
            Self::Missing(why) => ("missing", why.clone()),
            Self::DoesNotCompile(why) => ("does not compile", why.clone()),
            Self::GraderError(why) => ("grader error", format!("grader error, not the answer's fault: {why}")),
        };
        (name.to_owned(), cause)
    }
}

impl From<Outcome> for Verdict {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Ok(()) => Self::Passed,
            Err(Failure { cause, setup: true, .. }) => Self::GraderError(cause),
            Err(Failure { cause, expected, actual, .. }) => Self::Failed { cause, expected, actual },
        }
    }
}

/// A verdict can end a step of the grader, as an error does.
impl Error for Verdict {}

/// Any other error is the grader's fault.
impl From<anyhow::Error> for Verdict {
    fn from(why: anyhow::Error) -> Self {
        why.downcast().unwrap_or_else(|why| Self::GraderError(format!("{why:#}")))
    }
}

/// One check of an answer.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct CheckResult {
    pub(crate) name: String,
    #[serde(flatten)]
    pub(crate) verdict: Verdict,
    pub(crate) hint: String,
    pub(crate) more: String,
    /// What it printed.
    #[serde(skip)]
    pub(crate) output: String,
}

/// What came of an answer.
pub(crate) struct Graded {
    pub(crate) verdict: Verdict,
    pub(crate) checks: Vec<CheckResult>,
    /// What the compiler warned of.
    pub(crate) warnings: Vec<String>,
}

impl Graded {
    /// An answer that compiled: passed needs every check.
    pub(crate) fn new(checks: Vec<CheckResult>, warnings: Vec<String>) -> Self {
        let worst = checks.iter().map(|check| &check.verdict).max().cloned();
        let verdict = worst.unwrap_or_else(|| Verdict::GraderError("the exercise has no checks".into()));
        Self { verdict, checks, warnings }
    }

    /// An answer of which no check ran.
    pub(crate) fn without_checks(verdict: Verdict) -> Self {
        Self { verdict, checks: vec![], warnings: vec![] }
    }

    /// How many checks pass.
    pub(crate) fn passed(&self) -> usize {
        self.checks.iter().filter(|check| check.verdict == Verdict::Passed).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(verdicts: &[Verdict]) -> Verdict {
        let check = |verdict: &Verdict| CheckResult { verdict: verdict.clone(), ..CheckResult::default() };
        Graded::new(verdicts.iter().map(check).collect(), vec![]).verdict
    }

    #[test]
    fn passed_needs_every_check() {
        assert_eq!(verdict(&[Verdict::Passed, Verdict::Passed]), Verdict::Passed);
        assert_ne!(verdict(&[Verdict::Passed, Verdict::NotRun]), Verdict::Passed);
        assert!(matches!(verdict(&[]), Verdict::GraderError(_)));
    }

    #[test]
    fn an_error_of_the_grader_is_never_the_answers_fault() {
        let error = Verdict::GraderError("no memory".into());
        assert!(matches!(verdict(&[Verdict::Hung, error]), Verdict::GraderError(_)));
        assert!(matches!(Verdict::from(anyhow::anyhow!("no memory")), Verdict::GraderError(_)));
        assert_eq!(Verdict::from(anyhow::Error::from(Verdict::Hung)), Verdict::Hung);
    }
}
