//! One picture of a puzzle that runs: the script with the running line marked, and what is in the queues.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::Puzzle;
use super::run::Run;
use crate::observe::Observer;
use crate::observe::snapshot::{Lines, Snapshot};
use crate::{EventLoop, Position};

/// When a picture was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// After a line has run.
    Line(usize),
    /// After a callback, or the main script, has returned.
    Returned,
    /// After the loop has waited.
    Waited(Duration),
}

/// A picture.
#[derive(Debug)]
pub(crate) struct Frame {
    moment: Moment,
    position: Position,
    /// The line of the callback that runs or has just returned; 0 for the main script.
    callback: usize,
    queues: Snapshot,
    /// The lines from which the timers come, in the order of the queue.
    timer_lines: Lines,
    /// How many labels are printed so far.
    pub(crate) printed: usize,
}

impl Run {
    /// Takes a picture, where that was asked for.
    pub(crate) fn note(&self, ev: &EventLoop, moment: Moment) {
        let Some(frames) = &self.frames else { return };
        let queues = ev.snapshot();
        let timers = self.timers.borrow();
        let line_of = |wanted| timers.iter().find(|(timer, _)| *timer == wanted).map(|(_, line)| *line);
        frames.borrow_mut().push(Frame {
            moment,
            position: ev.position(),
            callback: self.callback.get(),
            timer_lines: queues.timers.iter().map(|(timer, _)| line_of(*timer)).collect(),
            queues,
            printed: self.seen.borrow().len(),
        });
    }
}

impl Observer for Run {
    fn called(&self, ev: &EventLoop, _: Instant) {
        self.note(ev, Moment::Returned);
    }

    fn waited(&self, ev: &EventLoop, began: Instant) {
        self.note(ev, Moment::Waited(began.elapsed()));
    }
}

/// A puzzle that has run, and a picture of each of its steps.
pub(crate) struct Recording {
    script: Vec<String>,
    labels: Vec<String>,
    pub(crate) frames: Vec<Frame>,
}

impl Recording {
    /// Runs the puzzle in a loop that is observed.
    ///
    /// # Errors
    /// Those of [`Puzzle::run`].
    pub(crate) fn of(puzzle: &Puzzle) -> io::Result<Self> {
        let run = Rc::new(Run { frames: Some(RefCell::default()), ..Run::default() });
        let mut ev = EventLoop::new()?;
        ev.observer = Some(Rc::clone(&run) as Rc<dyn Observer>);
        puzzle.run_with(&mut ev, &run)?;
        let labels = run.seen.borrow().iter().map(|seen| seen.label.clone()).collect();
        let frames = run.frames.as_ref().map(RefCell::take).unwrap_or_default();
        Ok(Self { script: puzzle.js_lines(), labels, frames })
    }

    /// The picture in which the label with this number was printed.
    pub(crate) fn step_of_label(&self, number: usize) -> Option<usize> {
        self.frames.iter().position(|frame| frame.printed > number)
    }

    /// A picture as text.
    pub(crate) fn draw(&self, step: usize) -> String {
        let Some(frame) = self.frames.get(step) else { return String::new() };
        let mut text = format!("step {} of {}: {}\n", step + 1, self.frames.len(), frame.headline());
        for (index, line) in self.script.iter().enumerate() {
            let mark = if frame.marked_line() == Some(index + 1) { '>' } else { ' ' };
            text += &format!("{mark}{:>3}  {line}\n", index + 1);
        }
        for (name, content) in frame.queues() {
            text += &format!("  {name:<11} {content}\n");
        }
        text += &format!("  {:<11} {}\n", "printed", or_dash(self.labels[..frame.printed].join(" ")));
        text
    }
}

impl Frame {
    fn headline(&self) -> String {
        let Position { iteration, phase, .. } = self.position;
        let place = format!("round {iteration}, {phase} phase");
        match self.moment {
            Moment::Line(line) => format!("{place}, line {line} has run"),
            Moment::Returned => format!("{place}, {} has returned", self.callback()),
            Moment::Waited(time) => format!("{place}, the loop has waited {:.1} ms", time.as_secs_f64() * 1e3),
        }
    }

    fn callback(&self) -> String {
        match self.callback {
            0 => "the main script".into(),
            line => format!("the {} callback of line {line}", self.position.kind),
        }
    }

    fn marked_line(&self) -> Option<usize> {
        match self.moment {
            Moment::Line(line) => Some(line),
            Moment::Returned => Some(self.callback).filter(|line| *line > 0),
            Moment::Waited(_) => None,
        }
    }

    /// Each queue by its name, and what is in it.
    fn queues(&self) -> [(&'static str, String); 7] {
        let is_running = matches!(self.moment, Moment::Line(_));
        let stack = if is_running { self.callback() } else { String::new() };
        let timers = self.queues.timers.iter().zip(&self.timer_lines);
        let timers = timers.map(|((_, left), line)| match left {
            0 => format!("{} due", place(*line)),
            left => format!("{} in {left} ms", place(*line)),
        });
        let done = self.queues.completed.iter().map(|line| format!("{} done", place(*line)));
        let waiting = self.queues.requested.iter().map(|line| format!("{} requested", place(*line)));
        [
            ("call stack", or_dash(stack)),
            ("ticks", list(&self.queues.ticks)),
            ("microtasks", list(&self.queues.microtasks)),
            ("timers", join(timers)),
            ("poll", join(done.chain(waiting))),
            ("check", list(&self.queues.immediates)),
            ("close", list(&self.queues.closing)),
        ]
    }
}

fn place(line: Option<usize>) -> String {
    line.map_or_else(|| "another".into(), |line| format!("line {line}"))
}

fn list(lines: &Lines) -> String {
    join(lines.iter().map(|line| place(*line)))
}

/// The first entries of a queue, and how many more there are.
fn join(entries: impl Iterator<Item = String>) -> String {
    let entries: Vec<_> = entries.collect();
    let shown = entries.len().min(4);
    let more = if entries.len() > shown { format!(", and {} more", entries.len() - shown) } else { String::new() };
    or_dash(entries[..shown].join(", ") + &more)
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "-".into() } else { text }
}
