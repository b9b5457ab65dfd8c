//! A puzzle as a script for Node.js, and how many lines each statement takes there.

use super::{Puzzle, Statement, When};

impl Puzzle {
    /// The same puzzle as a script for Node.js.
    pub fn js(&self) -> String {
        self.js_lines().join("\n") + "\n"
    }

    pub(super) fn js_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for statement in &self.0 {
            statement.write(&mut lines, "");
        }
        lines
    }
}

impl Statement {
    fn write(&self, lines: &mut Vec<String>, indent: &str) {
        match self {
            Self::Log(label) => {
                let label = serde_json::Value::from(label.as_str()); // escaped as in JavaScript
                lines.push(format!("{indent}console.log({label});"));
            }
            Self::Work(ms) => {
                lines.push(format!("{indent}for (const end = performance.now() + {ms}; performance.now() < end;);"));
            }
            Self::Later(when, body) => {
                let (call, end) = when.call();
                lines.push(format!("{indent}{call}() => {{"));
                for statement in body {
                    statement.write(lines, &format!("{indent}  "));
                }
                if let When::Interval(..) = when {
                    lines.push(format!("{indent}  if (--left === 0) clearInterval(timer);"));
                }
                lines.push(format!("{indent}}}{end}"));
            }
        }
    }

    /// How many lines it takes in the script.
    pub(super) fn height(&self) -> usize {
        Puzzle(vec![self.clone()]).js_lines().len()
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
