//! A picture of the loop while a puzzle runs: the line that has run, and what is in each queue.

use super::run::Run;
use crate::EventLoop;
use crate::queues::Task;

/// What was seen at one moment.
#[derive(Debug)]
pub(crate) struct Frame {
    headline: String,
    /// The line of the script that is marked; 0 for none.
    line: usize,
    queues: String,
    /// How many labels are printed so far.
    pub(crate) printed: usize,
}

impl Frame {
    /// `stack` is the callback that is running, if one is.
    pub(crate) fn take(run: &Run, ev: &EventLoop, line: usize, what: &str, stack: &str) -> Self {
        let at = ev.position();
        let seen = run.seen.borrow();
        let labels: Vec<_> = seen.iter().map(|seen| seen.label.clone()).collect();
        let mut queues = String::new();
        for (name, content) in [
            ("call stack", stack.to_owned()),
            ("ticks", tasks(&ev.queues.ticks)),
            ("microtasks", tasks(&ev.queues.microtasks)),
            ("timers", join(run.waiting_timers(ev))),
            ("poll", join(requests(ev))),
            ("check", tasks(&ev.queues.immediates)),
            ("close", tasks(&ev.queues.closing)),
            ("printed", labels.join(" ")),
        ] {
            let content = if content.is_empty() { "-" } else { &content };
            queues += &format!("  {name:<11} {content}\n");
        }
        let headline = format!("round {}, {} phase, at {} ms: {what}", at.iteration, at.phase, ev.clock.now);
        Self { headline, line, queues, printed: seen.len() }
    }

    /// The picture as text, with the script.
    pub(crate) fn draw(&self, script: &[String]) -> String {
        let mut text = format!("{}\n", self.headline);
        for (index, line) in script.iter().enumerate() {
            let mark = if self.line == index + 1 { '>' } else { ' ' };
            text += &format!("{mark}{:>3}  {line}\n", index + 1);
        }
        text + &self.queues
    }
}

/// The requests whose result is there, and those under way.
fn requests(ev: &EventLoop) -> Vec<String> {
    let Some(helper) = &ev.helper else { return Vec::new() };
    let (lines, done) = helper.under_way();
    let state = |index| if index < done { "done" } else { "requested" };
    lines.into_iter().enumerate().map(|(index, line)| format!("{} {}", place(line), state(index))).collect()
}

fn tasks<'a>(queue: impl IntoIterator<Item = &'a Task>) -> String {
    join(queue.into_iter().map(|task| place(task.line())).collect())
}

/// Where a callback stands in the script.
pub(crate) fn place(line: Option<usize>) -> String {
    line.map_or_else(|| "another".into(), |line| format!("line {line}"))
}

/// The first entries of a queue, and how many more there are.
fn join(mut entries: Vec<String>) -> String {
    let hidden = entries.len().saturating_sub(4);
    if hidden > 0 {
        entries.truncate(4);
        entries.push(format!("and {hidden} more"));
    }
    entries.join(", ")
}
