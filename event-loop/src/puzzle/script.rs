//! A puzzle as a script for Node.js.

use serde_json::Value;

use super::{Puzzle, Statement, When};

impl Puzzle {
    /// The same puzzle as a script for Node.js.
    pub fn js(&self) -> String {
        self.js_lines().join("\n") + "\n"
    }

    pub(super) fn js_lines(&self) -> Vec<String> {
        self.0.iter().flat_map(Statement::js_lines).collect()
    }
}

impl Statement {
    pub(super) fn js_lines(&self) -> Vec<String> {
        match self {
            Self::Log(label) => vec![format!("console.log({});", Value::from(label.as_str()))], // escaped as in JavaScript
            Self::Work(ms) => vec![format!("for (const end = performance.now() + {ms}; performance.now() < end;);")],
            Self::Later(when, body) => {
                let (call, end) = when.call();
                let mut lines = vec![format!("{call}() => {{")];
                lines.extend(body.iter().flat_map(Self::js_lines).map(|line| format!("  {line}")));
                if let When::Interval(..) = when {
                    lines.push("  if (--left === 0) clearInterval(timer);".into());
                }
                lines.push(format!("}}{end}"));
                lines
            }
        }
    }
}

impl When {
    /// What stands before its callback, and behind it.
    fn call(self) -> (String, String) {
        let simple = |call: &str| (call.to_owned(), String::from(");"));
        match self {
            Self::NextTick => simple("process.nextTick("),
            Self::Microtask => simple("queueMicrotask("),
            Self::Immediate => simple("setImmediate("),
            Self::Stat => simple("require('fs').stat('.', "),
            Self::Timeout(ms) => ("setTimeout(".into(), format!(", {ms});")),
            // The names are known in the block alone, so there may be several intervals.
            Self::Interval(ms, times) => {
                (format!("{{ let left = {times}; const timer = setInterval("), format!(", {ms}); }}"))
            }
        }
    }
}
