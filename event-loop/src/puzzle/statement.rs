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

/// Which statements have times.
const TIMES: &str = "expected `\"ms\":N`, at most 2147483647, beside `setTimeout`, and nothing else; \
    beside `setInterval` also `\"times\":K`, at least 1; and no time without a timer";

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
                "nextTick" => statement = Some(Statement::Later(When::NextTick, map.next_value()?)),
                "microtask" => statement = Some(Statement::Later(When::Microtask, map.next_value()?)),
                "setImmediate" => statement = Some(Statement::Later(When::Immediate, map.next_value()?)),
                "setTimeout" => statement = Some(Statement::Later(When::Timeout(0), map.next_value()?)),
                "setInterval" => statement = Some(Statement::Later(When::Interval(0, 0), map.next_value()?)),
                "stat" => statement = Some(Statement::Later(When::Stat, map.next_value()?)),
                other => return Err(Error::unknown_field(other, KEYS)),
            }
        }
        match (statement, ms, times) {
            (None, ..) => Err(Error::custom(format!("expected one of {}", KEYS.join(", ")))),
            (Some(Statement::Log(label)), None, None) if label.contains(['\n', '\r']) => {
                Err(Error::custom("a line break in a label: expected one line"))
            }
            (Some(Statement::Later(When::Timeout(_), body)), Some(ms @ ..=LONGEST), None) => {
                Ok(Statement::Later(When::Timeout(ms), body))
            }
            (Some(Statement::Later(When::Interval(..), body)), Some(ms @ ..=LONGEST), Some(times @ 1..)) => {
                Ok(Statement::Later(When::Interval(ms, times), body))
            }
            (Some(Statement::Later(When::Timeout(_) | When::Interval(..), _)), ..) => Err(Error::custom(TIMES)),
            (Some(other), None, None) => Ok(other),
            _ => Err(Error::custom(TIMES)),
        }
    }
}
