//! The statements of a puzzle, and how they are read from JSON.

use serde_json::{Map, Value};

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

/// More milliseconds than this, and Node.js takes 1 instead.
const LONGEST: u64 = i32::MAX as u64;

impl Statement {
    /// The statements of a script or of a body.
    pub(super) fn parse_all(json: &Value) -> Result<Vec<Self>, String> {
        let Value::Array(statements) = json else { return Err(format!("expected an array of statements, not {json}")) };
        statements.iter().map(Self::parse).collect()
    }

    fn parse(json: &Value) -> Result<Self, String> {
        let expected = |what: &str| format!("expected {what}, not {json}");
        let number = |key: &str, least| {
            let number = json[key].as_u64().filter(|number| (least..=LONGEST).contains(number));
            number.ok_or_else(|| expected(&format!("`\"{key}\":N`, a whole number from {least} to {LONGEST}")))
        };
        let later = |when, key: &str| Ok(Self::Later(when, Self::parse_all(&json[key])?));
        let mut keys: Vec<&str> = json.as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect();
        keys.sort_unstable();
        match keys[..] {
            ["log"] => {
                let label = json["log"].as_str().filter(|label| !label.contains(['\n', '\r']));
                Ok(Self::Log(label.ok_or_else(|| expected("a label of one line"))?.into()))
            }
            ["work"] => Ok(Self::Work(number("work", 0)?)),
            ["nextTick"] => later(When::NextTick, "nextTick"),
            ["microtask"] => later(When::Microtask, "microtask"),
            ["setImmediate"] => later(When::Immediate, "setImmediate"),
            ["stat"] => later(When::Stat, "stat"),
            ["ms", "setTimeout"] => later(When::Timeout(number("ms", 0)?), "setTimeout"),
            ["ms", "setInterval", "times"] => {
                later(When::Interval(number("ms", 0)?, number("times", 1)?), "setInterval")
            }
            _ => Err(expected(SHAPES)),
        }
    }
}

const SHAPES: &str = "a statement (log, work, nextTick, microtask, setImmediate or stat alone; setTimeout with ms; \
    setInterval with ms and times)";
