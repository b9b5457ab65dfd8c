//! A puzzle as a script for Node.js, and how many lines each statement takes there.

use super::{Puzzle, Statement, When};

impl Puzzle {
    /// The same puzzle as a script for Node.js.
    pub fn js(&self) -> String {
        self.js_lines().iter().map(|line| format!("{line}\n")).collect()
    }

    pub(crate) fn js_lines(&self) -> Vec<String> {
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
                let (call, last, time) = parts(*when, lines.len() + 1);
                lines.push(format!("{indent}{call}() => {{"));
                for statement in body {
                    statement.write(lines, &format!("{indent}  "));
                }
                lines.extend(last.map(|last| format!("{indent}  {last}")));
                lines.push(format!("{indent}}}{time});"));
            }
        }
    }

    /// How many lines it takes in the script.
    pub(crate) fn height(&self) -> usize {
        let mut lines = Vec::new();
        self.write(&mut lines, "");
        lines.len()
    }
}

/// What stands before the callback, as its last line, and behind it.
fn parts(when: When, line: usize) -> (String, Option<String>, String) {
    let simple = |call: &str| (call.to_owned(), None, String::new());
    match when {
        When::NextTick => simple("process.nextTick("),
        When::Microtask => simple("queueMicrotask("),
        When::Immediate => simple("setImmediate("),
        When::Stat => simple("require('fs').stat('.', "),
        When::Timeout(ms) => ("setTimeout(".into(), None, format!(", {ms}")),
        When::Interval(ms, times) => (
            format!("let left{line} = {times}; const interval{line} = setInterval("),
            Some(format!("if (--left{line} === 0) clearInterval(interval{line});")),
            format!(", {ms}"),
        ),
    }
}
