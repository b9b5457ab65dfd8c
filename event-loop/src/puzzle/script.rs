//! A puzzle as a script for Node.js, and the line on which each statement stands there.

use super::{Puzzle, Statement, When};

impl Puzzle {
    /// The same puzzle as a script for Node.js.
    pub fn js(&self) -> String {
        self.js_lines().iter().map(|line| format!("{line}\n")).collect()
    }

    pub(crate) fn js_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        write(&mut lines, &self.0, "");
        lines
    }
}

impl Statement {
    /// How many lines it takes in the script.
    pub(crate) fn height(&self) -> usize {
        match self {
            Self::Log(_) | Self::Work(_) => 1,
            Self::Later(when, body) => {
                let inside: usize = body.iter().map(Self::height).sum();
                inside + if matches!(when, When::Interval(..)) { 3 } else { 2 }
            }
        }
    }
}

fn write(lines: &mut Vec<String>, body: &[Statement], indent: &str) {
    for statement in body {
        let (when, body) = match statement {
            Statement::Later(when, body) => (*when, body),
            Statement::Log(label) => {
                let label = serde_json::Value::from(label.as_str()); // escaped as in JavaScript
                lines.push(format!("{indent}console.log({label});"));
                continue;
            }
            Statement::Work(ms) => {
                lines.push(format!("{indent}for (const end = performance.now() + {ms}; performance.now() < end;);"));
                continue;
            }
        };
        let line = lines.len() + 1;
        lines.push(format!("{indent}{}() => {{", call(when, line)));
        write(lines, body, &format!("{indent}  "));
        if let When::Interval(..) = when {
            lines.push(format!("{indent}  if (--left{line} === 0) clearInterval(interval{line});"));
        }
        lines.push(format!("{indent}}}{});", time(when)));
    }
}

/// What stands before the callback.
fn call(when: When, line: usize) -> String {
    match when {
        When::NextTick => "process.nextTick(".into(),
        When::Microtask => "queueMicrotask(".into(),
        When::Immediate => "setImmediate(".into(),
        When::Timeout(_) => "setTimeout(".into(),
        When::Interval(_, times) => format!("let left{line} = {times}; const interval{line} = setInterval("),
        When::Stat => "require('fs').stat('.', ".into(),
    }
}

/// What stands behind it.
fn time(when: When) -> String {
    match when {
        When::Timeout(ms) | When::Interval(ms, _) => format!(", {ms}"),
        _ => String::new(),
    }
}
