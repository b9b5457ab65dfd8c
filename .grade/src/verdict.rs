//! What can come of an answer, and of each of its checks.

use std::fmt;

use serde::Serialize;

use crate::contain::spec::code;

/// The limit that a killed program went beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Limit {
    Memory,
    Processes,
    Output,
    Time,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "memory",
            Self::Processes => "processes",
            Self::Output => "output",
            Self::Time => "time",
        })
    }
}

impl Limit {
    /// The limit that an exit code of the supervisor names.
    pub(crate) fn from_code(code: i32) -> Option<Self> {
        const SIGXCPU: i32 = code::SIGNAL + nix::libc::SIGXCPU;
        const SIGXFSZ: i32 = code::SIGNAL + nix::libc::SIGXFSZ;
        match code {
            code::MEMORY => Some(Self::Memory),
            code::TASKS => Some(Self::Processes),
            SIGXFSZ => Some(Self::Output),
            SIGXCPU => Some(Self::Time),
            _ => None,
        }
    }
}

/// How one check ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub(crate) enum CheckEnd {
    Passed,
    Failed { cause: String, expected: String, actual: String },
    Hung { seconds: u64 },
    Killed { limit: Limit },
    EndedEarly { how: String },
    NotRun,
    GraderError { why: String },
}

impl CheckEnd {
    /// The cause in a sentence; nothing for one that passed.
    pub(crate) fn cause(&self) -> String {
        match self {
            Self::Passed => String::new(),
            Self::Failed { cause, .. } => cause.clone(),
            Self::Hung { seconds } => format!("it hangs: no result within {seconds} seconds"),
            Self::Killed { limit } => format!("killed: too much {limit}").replace("much processes", "many processes"),
            Self::EndedEarly { how } => format!("the process ended early ({how}), before the check had its result"),
            Self::NotRun => "not run, since an earlier check hung or was killed".to_owned(),
            Self::GraderError { why } => format!("grader error, not the answer's fault: {why}"),
        }
    }
}

/// One check of an answer.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CheckResult {
    pub(crate) name: String,
    #[serde(flatten)]
    pub(crate) end: CheckEnd,
    #[serde(skip)]
    pub(crate) hint: String,
    #[serde(skip)]
    pub(crate) more: String,
    /// What it printed.
    #[serde(skip)]
    pub(crate) output: String,
}

/// What came of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Passed,
    Failed,
    Hung,
    Killed(Limit),
    EndedEarly,
    DoesNotCompile(String),
    Missing(String),
    GraderError(String),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Passed => f.write_str("passed"),
            Self::Failed => f.write_str("failed"),
            Self::Hung => f.write_str("hung"),
            Self::Killed(limit) => write!(f, "killed ({limit})"),
            Self::EndedEarly => f.write_str("ended early"),
            Self::DoesNotCompile(_) => f.write_str("does not compile"),
            Self::Missing(_) => f.write_str("missing"),
            Self::GraderError(_) => f.write_str("grader error"),
        }
    }
}

/// The verdict of an answer that compiled. What says most about it comes first; passed needs every check.
pub(crate) fn of_checks(checks: &[CheckResult]) -> Verdict {
    let severity = |check: &&CheckResult| match check.end {
        CheckEnd::Passed => 0,
        CheckEnd::Failed { .. } | CheckEnd::NotRun => 1,
        CheckEnd::EndedEarly { .. } => 2,
        CheckEnd::Hung { .. } => 3,
        CheckEnd::Killed { .. } => 4,
        CheckEnd::GraderError { .. } => 5,
    };
    match checks.iter().max_by_key(severity).map(|check| &check.end) {
        None => Verdict::GraderError("the exercise has no checks".into()),
        Some(CheckEnd::Passed) => Verdict::Passed,
        Some(CheckEnd::Failed { .. } | CheckEnd::NotRun) => Verdict::Failed,
        Some(CheckEnd::EndedEarly { .. }) => Verdict::EndedEarly,
        Some(CheckEnd::Hung { .. }) => Verdict::Hung,
        Some(CheckEnd::Killed { limit }) => Verdict::Killed(*limit),
        Some(CheckEnd::GraderError { why }) => Verdict::GraderError(why.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(ends: &[CheckEnd]) -> Verdict {
        let check = |end: &CheckEnd| CheckResult {
            name: String::new(),
            end: end.clone(),
            hint: String::new(),
            more: String::new(),
            output: String::new(),
        };
        of_checks(&ends.iter().map(check).collect::<Vec<_>>())
    }

    #[test]
    fn passed_needs_every_check() {
        assert_eq!(verdict(&[CheckEnd::Passed, CheckEnd::Passed]), Verdict::Passed);
        assert_eq!(verdict(&[CheckEnd::Passed, CheckEnd::NotRun]), Verdict::Failed);
        assert!(matches!(verdict(&[]), Verdict::GraderError(_)));
    }

    #[test]
    fn an_error_of_the_grader_is_never_the_answers_fault() {
        let error = CheckEnd::GraderError { why: "no memory".into() };
        assert!(matches!(verdict(&[CheckEnd::Hung { seconds: 1 }, error]), Verdict::GraderError(_)));
    }
}
