//! The statements of a puzzle, and how they are read from JSON.

use std::fmt;

use serde_core::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// A statement of a puzzle, as the JSON of a puzzle file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// `{"log":"A"}`: prints a label.
    Log(String),
    /// `{"work":N}`: keeps the thread busy for N milliseconds.
    Work(u64),
    /// `{"nextTick":[…]}` and the like: has the statements of the body run later.
    Later(When, Vec<Statement>),
}

/// When a body runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// `{"nextTick":[…]}`
    NextTick,
    /// `{"microtask":[…]}`
    Microtask,
    /// `{"setImmediate":[…]}`
    Immediate,
    /// `{"setTimeout":[…],"ms":N}`
    Timeout(u64),
    /// `{"setInterval":[…],"ms":N,"times":K}`: again and again, K times.
    Interval(u64, u64),
    /// `{"stat":[…]}`: when a file-system request has come back.
    Stat,
}

const KEYS: &[&str] =
    &["log", "work", "nextTick", "microtask", "setImmediate", "setTimeout", "setInterval", "stat", "ms", "times"];

/// More milliseconds than this, and Node.js takes 1 instead.
const LONGEST: u64 = i32::MAX as u64;

struct Shape;

impl<'de> Deserialize<'de> for Statement {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_map(Shape)
    }
}

impl<'de> Visitor<'de> for Shape {
    type Value = Statement;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "a statement: an object with one of the keys {}", KEYS.join(", "))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Statement, M::Error> {
        let mut statement = None;
        let mut ms = None;
        let mut times = None;
        while let Some(key) = map.next_key::<String>()? {
            let is_repeated = match key.as_str() {
                "ms" => ms.is_some(),
                "times" => times.is_some(),
                _ => statement.is_some(),
            };
            if is_repeated {
                return Err(Error::custom(format!("`{key}` is one key too many in this statement: expected `}}`")));
            }
            match key.as_str() {
                "log" => statement = Some(Statement::Log(map.next_value()?)),
                "work" => statement = Some(Statement::Work(map.next_value()?)),
                "ms" => ms = Some(map.next_value()?),
                "times" => times = Some(map.next_value()?),
                other => {
                    let when = When::of(other).ok_or_else(|| Error::unknown_field(other, KEYS))?;
                    statement = Some(Statement::Later(when, map.next_value()?));
                }
            }
        }
        checked(statement, ms, times).map_err(Error::custom)
    }
}

impl When {
    /// By the key of a statement. The times are filled in later.
    fn of(key: &str) -> Option<Self> {
        Some(match key {
            "nextTick" => Self::NextTick,
            "microtask" => Self::Microtask,
            "setImmediate" => Self::Immediate,
            "setTimeout" => Self::Timeout(0),
            "setInterval" => Self::Interval(0, 0),
            "stat" => Self::Stat,
            _ => return None,
        })
    }
}

/// The statement as a whole, or what was expected instead.
fn checked(statement: Option<Statement>, ms: Option<u64>, times: Option<u64>) -> Result<Statement, String> {
    let statement = statement.ok_or_else(|| format!("an empty statement: expected one of {}", KEYS.join(", ")))?;
    if times.is_some() && !matches!(statement, Statement::Later(When::Interval(..), _)) {
        return Err("`times` without an interval: expected `setInterval` beside it".into());
    }
    let milliseconds = ms.filter(|ms| *ms <= LONGEST);
    match (statement, milliseconds) {
        (Statement::Later(When::Timeout(_), body), Some(ms)) => Ok(Statement::Later(When::Timeout(ms), body)),
        (Statement::Later(When::Interval(..), body), Some(ms)) => {
            let times = times.filter(|times| *times > 0);
            let times = times.ok_or("an interval: expected `\"times\":K` beside `setInterval`, at least 1")?;
            Ok(Statement::Later(When::Interval(ms, times), body))
        }
        (Statement::Later(When::Timeout(_) | When::Interval(..), _), None) => {
            Err(format!("a timer: expected `\"ms\":N` beside it, at most {LONGEST}"))
        }
        (_, _) if ms.is_some() => Err("`ms` without a timer: expected `setTimeout` or `setInterval` beside it".into()),
        (Statement::Log(label), _) if label.contains(['\n', '\r']) => {
            Err("a line break in a label: expected one line".into())
        }
        (statement, _) => Ok(statement),
    }
}
