//! What the loop did, and when: which phase called which callback, as a timeline.

use std::fmt;
use std::time::{Duration, Instant};

use crate::{EventLoop, Place};

/// A callback that ran, or a wait in the poll phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Where it was called; `"waits"` is the kind of a wait.
    pub place: Place,
    /// When it began, since the recording began.
    pub at: Duration,
    /// How long it took.
    pub took: Duration,
}

/// What a loop did while it was recorded. It is displayed as a timeline of 58 columns.
#[derive(Debug, Clone)]
pub struct Trace {
    began: Instant,
    /// The steps, in the order in which they ended.
    pub steps: Vec<Step>,
}

impl EventLoop {
    /// Records every callback from now on.
    pub fn record(&mut self) {
        self.trace = Some(Trace { began: Instant::now(), steps: Vec::new() });
    }

    /// Ends the recording; `None` where none had begun.
    pub fn recorded(&mut self) -> Option<Trace> {
        self.trace.take()
    }

    /// Runs `callback`, and records it where that was asked for.
    pub(crate) fn traced(&mut self, kind: &'static str, callback: impl FnOnce(&mut Self)) {
        self.place.kind = kind;
        let (place, began) = (self.place, self.trace.is_some().then(Instant::now));
        callback(self);
        began.into_iter().for_each(|began| self.note(place, began));
    }

    pub(crate) fn note(&mut self, place: Place, began: Instant) {
        if let Some(trace) = &mut self.trace {
            trace.steps.push(Step { place, at: began - trace.began, took: began.elapsed() });
        }
    }
}

/// How many columns of the timeline stand for the time.
const WIDTH: usize = 26;

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let end = self.steps.iter().map(|step| step.at + step.took).max().unwrap_or_default();
        let column = |at: Duration| (at.as_secs_f64() / end.as_secs_f64().max(1e-9) * WIDTH as f64) as usize;
        let last = format!("{:.1} ms", end.as_secs_f64() * 1e3);
        writeln!(f, "  round  phase    callback    0{last:>0$}", WIDTH - 1)?;
        for Step { place, at, took } in &self.steps {
            let from = column(*at).min(WIDTH - 1);
            let length = column(*at + *took).saturating_sub(from).max(1);
            let mark = if place.kind == "waits" { "." } else { "#" };
            let bar = format!("{:from$}{}", "", mark.repeat(length));
            writeln!(f, "  {:<6} {:<8} {:<11} {bar}", place.iteration, place.phase, place.kind)?;
        }
        Ok(())
    }
}
