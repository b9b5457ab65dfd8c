//! What the loop did, and when: which phase called which callback, as a timeline.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::Observer;
use crate::{EventLoop, Position};

/// A callback that ran, or a wait in the poll phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Where it was called; `"waits"` is the kind of a wait.
    pub position: Position,
    /// When it began, since the recording began.
    pub at: Duration,
    /// How long it took.
    pub took: Duration,
}

/// What a loop does while it is recorded. It is displayed as a timeline of 58 columns.
#[derive(Debug)]
pub struct Trace {
    began: Instant,
    steps: RefCell<Vec<Step>>,
}

impl Trace {
    /// The steps so far, in the order in which they ended.
    pub fn steps(&self) -> Vec<Step> {
        self.steps.borrow().clone()
    }

    fn push(&self, position: Position, began: Instant) {
        self.steps.borrow_mut().push(Step { position, at: began - self.began, took: began.elapsed() });
    }
}

impl Observer for Trace {
    fn called(&self, ev: &EventLoop, began: Instant) {
        self.push(ev.position(), began);
    }

    fn waited(&self, ev: &EventLoop, began: Instant) {
        self.push(Position { kind: "waits", ..ev.position() }, began);
    }
}

impl EventLoop {
    /// Records every callback from now on.
    pub fn record(&mut self) -> Rc<Trace> {
        let trace = Rc::new(Trace { began: Instant::now(), steps: RefCell::default() });
        self.observer = Some(Rc::clone(&trace) as Rc<dyn Observer>);
        trace
    }
}

/// How many columns of the timeline stand for the time.
const WIDTH: usize = 26;

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let steps = self.steps.borrow();
        let end = steps.iter().map(|step| step.at + step.took).max().unwrap_or_default();
        let column = |at: Duration| (at.as_secs_f64() / end.as_secs_f64().max(1e-9) * WIDTH as f64) as usize;
        let last = format!("{:.1} ms", end.as_secs_f64() * 1e3);
        writeln!(f, "    round  phase    callback    0{last:>0$}", WIDTH - 1)?;
        for Step { position, at, took } in steps.iter() {
            let from = column(*at).min(WIDTH - 1);
            let length = column(*at + *took).saturating_sub(from).max(1);
            let mark = if position.kind == "waits" { "." } else { "#" };
            let bar = format!("{:from$}{}", "", mark.repeat(length));
            writeln!(f, "    {:<6} {:<8} {:<11} {bar}", position.iteration, position.phase, position.kind)?;
        }
        Ok(())
    }
}
