//! A step of a puzzle that runs: where the loop is, which line has run, and what is in each queue.

use std::sync::atomic::Ordering::SeqCst;

use crate::handle::Kind;
use crate::queues::Task;
use crate::{EventLoop, Position};

/// What was seen when a statement had run, or a callback had returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The label that the statement printed, if it did.
    pub label: Option<String>,
    /// The callback it belongs to.
    pub position: Position,
    /// The line of the script that is marked; 0 for none.
    line: usize,
    headline: String,
    queues: String,
}

impl Step {
    /// `stack` is the callback that is running, if one is; `before` are the steps so far.
    pub(super) fn take(ev: &EventLoop, what: &str, stack: &str, label: Option<String>, before: &[Self]) -> Self {
        let position = ev.position();
        let printed = before.iter().filter_map(|step| step.label.as_deref()).chain(label.as_deref());
        let mut queues = String::new();
        for (name, content) in [
            ("call stack", stack.to_owned()),
            ("ticks", tasks(&ev.queues.ticks)),
            ("microtasks", tasks(&ev.queues.microtasks)),
            ("timers", timers(ev)),
            ("poll", requests(ev)),
            ("check", tasks(&ev.queues.immediates)),
            ("closing", tasks(&ev.queues.closing)),
            ("printed", printed.collect::<Vec<_>>().join(" ")),
        ] {
            let content = if content.is_empty() { "-" } else { &content };
            queues += &format!("  {name:<11} {content}\n");
        }
        let headline = format!("{position}, at {} ms: {what}", ev.clock.now);
        Self { label, position, line: ev.line, headline, queues }
    }

    /// The picture as text, with the script.
    pub(super) fn draw(&self, script: &[String]) -> String {
        let mut text = format!("{}\n", self.headline);
        for (index, line) in script.iter().enumerate() {
            let mark = if self.line == index + 1 { '>' } else { ' ' };
            text += &format!("{mark}{:>3}  {line}\n", index + 1);
        }
        text + &self.queues
    }
}

/// The timers that wait, in the order of the loop's lists, and what is left of their time.
fn timers(ev: &EventLoop) -> String {
    join(ev.timers.waiting().map(|(timer, due)| {
        let line = if let Some(Kind::Timer(timer)) = ev.handles.kind(timer) { timer.line } else { 0 };
        format!("line {line} in {} ms", due.saturating_sub(ev.clock.now))
    }))
}

/// The requests that are done, and those under way.
fn requests(ev: &EventLoop) -> String {
    let Some(helper) = &ev.helper else { return String::new() };
    let done = helper.done.load(SeqCst);
    join(helper.requests.iter().enumerate().map(|(index, request)| {
        let state = if index < done { "done" } else { "requested" };
        format!("line {} {state}", request.line)
    }))
}

fn tasks<'a>(queue: impl IntoIterator<Item = &'a Task>) -> String {
    join(queue.into_iter().map(|task| format!("line {}", task.line)))
}

fn join(entries: impl Iterator<Item = String>) -> String {
    entries.collect::<Vec<_>>().join(", ")
}
