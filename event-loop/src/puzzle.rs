//! Ordering puzzles: which label comes first? The same puzzle runs here, and as a script in Node.js.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;
use std::{fs, io};

use serde_core::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::{EventLoop, Place};

/// A statement of a puzzle, as the JSON of a puzzle file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// `{"log":"A"}`: prints a label.
    Log(String),
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
    /// `{"stat":[…]}`: when a file-system request has come back.
    Stat,
}

const KEYS: &[&str] = &["log", "nextTick", "microtask", "setImmediate", "setTimeout", "ms", "stat"];

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
        let (mut statement, mut ms) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            let taken = if key == "ms" { ms.is_some() } else { statement.is_some() };
            if taken {
                return Err(Error::custom(format!("a second thing in one statement, `{key}`: expected `}}`")));
            }
            let when = match key.as_str() {
                "nextTick" => When::NextTick,
                "microtask" => When::Microtask,
                "setImmediate" => When::Immediate,
                "setTimeout" => When::Timeout(0),
                "stat" => When::Stat,
                "log" => {
                    statement = Some(Statement::Log(map.next_value()?));
                    continue;
                }
                "ms" => {
                    ms = Some(map.next_value()?);
                    continue;
                }
                other => return Err(Error::unknown_field(other, KEYS)),
            };
            statement = Some(Statement::Later(when, map.next_value()?));
        }
        checked(statement, ms).map_err(Error::custom)
    }
}

/// A statement as a whole, or what was expected instead.
fn checked(statement: Option<Statement>, ms: Option<u64>) -> Result<Statement, String> {
    match (statement, ms) {
        (Some(Statement::Later(When::Timeout(_), body)), Some(ms)) if ms <= LONGEST => {
            Ok(Statement::Later(When::Timeout(ms), body))
        }
        (Some(Statement::Later(When::Timeout(_), _)), _) => {
            Err(format!("a timer's time: expected `\"ms\":N` beside `setTimeout`, at most {LONGEST}"))
        }
        (Some(_), Some(_)) => Err("`ms` without a timer: expected `setTimeout` beside it".into()),
        (Some(Statement::Log(label)), None) if label.contains(['\n', '\r']) => {
            Err("a line break in a label: expected one line".into())
        }
        (Some(statement), None) => Ok(statement),
        (None, _) => Err(format!("an empty statement: expected one of {}", KEYS.join(", "))),
    }
}

/// A label that was printed, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The label.
    pub label: String,
    /// The callback that printed it.
    pub place: Place,
}

type Log = Rc<RefCell<io::Result<Vec<Seen>>>>;

/// A main script, as a list of statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Puzzle(pub Vec<Statement>);

impl Puzzle {
    /// Reads a puzzle.
    ///
    /// # Errors
    /// Where `json` is no puzzle: the line and the column, and what was expected there.
    pub fn parse(json: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(json).map(Self).map_err(|error| error.to_string())
    }

    /// Runs the puzzle: the labels in their order.
    ///
    /// # Errors
    /// Those of the loop and of [`EventLoop::request`].
    pub fn run(&self) -> io::Result<Vec<Seen>> {
        let (mut ev, log) = (EventLoop::new()?, Rc::new(RefCell::new(Ok(Vec::new()))));
        perform(&mut ev, self.0.clone(), &log);
        ev.run()?;
        log.replace(Ok(Vec::new()))
    }

    /// The same puzzle as a script for Node.js.
    pub fn js(&self) -> String {
        let mut script = String::new();
        write_js(&mut script, &self.0, "");
        script
    }
}

fn perform(ev: &mut EventLoop, body: Vec<Statement>, log: &Log) {
    for statement in body {
        let (when, body) = match statement {
            Statement::Later(when, body) => (when, body),
            Statement::Log(label) => {
                let seen = Seen { label, place: ev.place() };
                let _ = log.borrow_mut().as_mut().map(|log| log.push(seen)); // where nothing went wrong yet
                continue;
            }
        };
        let inner = Rc::clone(log);
        let then = move |ev: &mut EventLoop| perform(ev, body, &inner);
        match when {
            When::NextTick => ev.next_tick(then),
            When::Microtask => ev.queue_microtask(then),
            When::Immediate => ev.set_immediate(then),
            When::Timeout(ms) => drop(ev.set_timeout(Duration::from_millis(ms), then)),
            When::Stat => {
                if let Err(error) = ev.request(|| fs::metadata("."), |ev, _| then(ev)) {
                    *log.borrow_mut() = Err(error);
                }
            }
        }
    }
}

fn write_js(script: &mut String, body: &[Statement], indent: &str) {
    for statement in body {
        let (when, body) = match statement {
            Statement::Later(when, body) => (when, body),
            Statement::Log(label) => {
                let label = serde_json::Value::from(label.as_str()); // escaped as JavaScript wants it, too
                *script += &format!("{indent}console.log({label});\n");
                continue;
            }
        };
        let (call, end) = match when {
            When::NextTick => ("process.nextTick(", String::new()),
            When::Microtask => ("queueMicrotask(", String::new()),
            When::Immediate => ("setImmediate(", String::new()),
            When::Timeout(ms) => ("setTimeout(", format!(", {ms}")),
            When::Stat => ("require('fs').stat('.', ", String::new()),
        };
        *script += &format!("{indent}{call}() => {{\n");
        write_js(script, body, &format!("{indent}  "));
        *script += &format!("{indent}}}{end});\n");
    }
}
