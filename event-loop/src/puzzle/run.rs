//! A puzzle runs: each statement is one call of the loop.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use std::{fs, io};

use super::busy::keep_busy;
use super::frame::{Frame, place};
use super::{Puzzle, Statement, When};
use crate::handle::Handle;
use crate::queues::OneShot;
use crate::timers::Timer;
use crate::{EventLoop, Position};

/// A label that was printed, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The label.
    pub label: String,
    /// The callback that printed it.
    pub position: Position,
}

/// What is known about a puzzle that runs.
#[derive(Default)]
pub(crate) struct Run {
    pub(crate) seen: RefCell<Vec<Seen>>,
    /// A picture after every line and every callback, where the puzzle is watched.
    pub(crate) frames: Option<RefCell<Vec<Frame>>>,
    /// The lines on which the timers are set.
    timers: RefCell<Vec<(Handle, usize)>>,
    error: Cell<Option<io::Error>>,
}

impl Puzzle {
    /// Runs the puzzle: the labels in their order.
    ///
    /// # Errors
    /// Those of the loop and of [`EventLoop::request`].
    pub fn run(&self) -> io::Result<Vec<Seen>> {
        Ok(self.run_as(Run::default())?.seen.take())
    }

    /// As [`Puzzle::run`], with pictures.
    pub(crate) fn run_watched(&self) -> io::Result<(Vec<Seen>, Vec<Frame>)> {
        let run = self.run_as(Run { frames: Some(RefCell::default()), ..Run::default() })?;
        Ok((run.seen.take(), run.frames.as_ref().map(RefCell::take).unwrap_or_default()))
    }

    fn run_as(&self, run: Run) -> io::Result<Rc<Run>> {
        let run = Rc::new(run);
        let mut ev = EventLoop::new()?;
        Body { statements: self.0.clone(), line: 0, run: Rc::clone(&run) }.perform(&mut ev);
        ev.run()?;
        run.error.take().map_or(Ok(run), Err)
    }
}

impl Run {
    fn note(&self, ev: &EventLoop, line: usize, what: &str, stack: &str) {
        if let Some(frames) = &self.frames {
            frames.borrow_mut().push(Frame::take(self, ev, line, what, stack));
        }
    }

    /// The timers that wait, in the order of the loop's lists, and what is left of their time.
    pub(crate) fn waiting_timers(&self, ev: &EventLoop) -> Vec<String> {
        let timers = self.timers.borrow();
        let line_of = |handle| timers.iter().find(|(timer, _)| *timer == handle).map(|(_, line)| *line);
        let describe = |(handle, due): (Handle, u64)| match due.saturating_sub(ev.clock.now) {
            0 => format!("{} due", place(line_of(handle))),
            left => format!("{} in {left} ms", place(line_of(handle))),
        };
        ev.timers.waiting().into_iter().map(describe).collect()
    }
}

/// The body of a callback, or the main script.
struct Body {
    statements: Vec<Statement>,
    /// The line on which its callback begins; 0 for the main script.
    line: usize,
    run: Rc<Run>,
}

impl OneShot for Body {
    fn run(self: Box<Self>, ev: &mut EventLoop) {
        self.perform(ev);
    }

    fn line(&self) -> Option<usize> {
        Some(self.line)
    }
}

impl Body {
    fn perform(&self, ev: &mut EventLoop) {
        let name = match self.line {
            0 => "the main script".into(),
            line => format!("the {} callback of line {line}", ev.position().kind),
        };
        let mut line = self.line + 1;
        for statement in &self.statements {
            match statement {
                Statement::Log(label) => {
                    self.run.seen.borrow_mut().push(Seen { label: label.clone(), position: ev.position() });
                }
                Statement::Work(ms) => keep_busy(Duration::from_millis(*ms)),
                Statement::Later(when, statements) => {
                    ask_for(ev, *when, Self { statements: statements.clone(), line, run: Rc::clone(&self.run) });
                }
            }
            self.run.note(ev, line, &format!("line {line} has run"), &name);
            line += statement.height();
        }
        self.run.note(ev, self.line, &format!("{name} has returned"), "");
    }
}

fn ask_for(ev: &mut EventLoop, when: When, body: Body) {
    let line = body.line;
    let run = Rc::clone(&body.run);
    let timer = match when {
        When::NextTick => return ev.queues.ticks.push_back(Box::new(body)),
        When::Microtask => return ev.queues.microtasks.push_back(Box::new(body)),
        When::Immediate => return ev.queues.immediates.push_back(Box::new(body)),
        When::Stat => {
            let requested = ev.request_from(Some(line), || fs::metadata("."), move |ev, _| body.perform(ev));
            return run.error.set(requested.err().or(run.error.take()));
        }
        When::Timeout(ms) => ev.start_timer(Duration::from_millis(ms), Timer::Once(Box::new(body))),
        When::Interval(ms, times) => {
            let mut left = times;
            ev.set_interval(Duration::from_millis(ms), move |ev| {
                body.perform(ev);
                left -= 1;
                if left == 0 {
                    ev.close_current();
                }
            })
        }
    };
    run.timers.borrow_mut().push((timer, line));
}
