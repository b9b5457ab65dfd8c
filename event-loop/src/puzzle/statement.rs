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
            match key.as_str() {
                "ms" if ms.is_none() => ms = Some(map.next_value()?),
                "times" if times.is_none() => times = Some(map.next_value()?),
                known if statement.is_some() || matches!(known, "ms" | "times") => {
                    return Err(Error::custom(format!("`{key}` is one key too many: expected `}}`")));
                }
                "log" => statement = Some(Statement::Log(map.next_value()?)),
                "work" => statement = Some(Statement::Work(map.next_value()?)),
                other => {
                    let when = When::of(other).ok_or_else(|| Error::unknown_field(other, KEYS))?;
                    statement = Some(Statement::Later(when, map.next_value()?));
                }
            }
        }
        let statement = statement.ok_or_else(|| Error::custom(format!("expected one of {}", KEYS.join(", "))))?;
        statement.with_times(ms, times).map_err(Error::custom)
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

impl Statement {
    /// The statement with its times, or what was expected instead.
    fn with_times(mut self, ms: Option<u64>, times: Option<u64>) -> Result<Self, String> {
        let milliseconds = ms.filter(|ms| *ms <= LONGEST);
        match (&mut self, milliseconds, times) {
            (Self::Later(When::Timeout(wait), _), Some(ms), None) => *wait = ms,
            (Self::Later(When::Interval(period, count), _), Some(ms), Some(times)) if times > 0 => {
                *period = ms;
                *count = times;
            }
            (Self::Later(When::Timeout(_), _), ..) => {
                return Err(format!("a timer: expected `\"ms\":N`, at most {LONGEST}, and nothing else"));
            }
            (Self::Later(When::Interval(..), _), ..) => {
                let expected = format!("expected `\"ms\":N`, at most {LONGEST}, and `\"times\":K`, at least 1");
                return Err(format!("an interval: {expected}"));
            }
            (Self::Log(label), ..) if label.contains(['\n', '\r']) => {
                return Err("a line break in a label: expected one line".into());
            }
            _ if ms.or(times).is_some() => {
                return Err("a time without a timer: expected `setTimeout` or `setInterval` beside it".into());
            }
            _ => {}
        }
        Ok(self)
    }
}
