//! A puzzle runs: each statement is one call of the loop.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use std::{fs, io};

use super::busy::keep_busy;
use super::frame::{Frame, Moment};
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
    pub(crate) error: Cell<Option<io::Error>>,
    /// The lines on which the timers are set.
    pub(crate) timers: RefCell<Vec<(Handle, usize)>>,
    /// The line of the callback that is running; 0 for the main script.
    pub(crate) callback: Cell<usize>,
    /// What was seen after every line, where the puzzle is watched.
    pub(crate) frames: Option<RefCell<Vec<Frame>>>,
}

impl Puzzle {
    /// Runs the puzzle: the labels in their order.
    ///
    /// # Errors
    /// Those of the loop and of [`EventLoop::request`].
    pub fn run(&self) -> io::Result<Vec<Seen>> {
        let run = Rc::new(Run::default());
        self.run_with(&mut EventLoop::new()?, &run)?;
        Ok(run.seen.take())
    }

    pub(crate) fn run_with(&self, ev: &mut EventLoop, run: &Rc<Run>) -> io::Result<()> {
        perform(ev, self.0.clone(), 1, run);
        run.note(ev, Moment::Returned);
        ev.run()?;
        run.error.take().map_or(Ok(()), Err)
    }
}

/// The body of a callback.
struct Body {
    statements: Vec<Statement>,
    /// The line on which its callback begins.
    line: usize,
    run: Rc<Run>,
}

impl Body {
    fn perform(&self, ev: &mut EventLoop) {
        self.run.callback.set(self.line);
        perform(ev, self.statements.clone(), self.line + 1, &self.run);
    }
}

impl OneShot for Body {
    fn run(self: Box<Self>, ev: &mut EventLoop) {
        self.perform(ev);
    }

    fn line(&self) -> Option<usize> {
        Some(self.line)
    }
}

/// Performs statements, the first of which stands on `line`.
fn perform(ev: &mut EventLoop, statements: Vec<Statement>, mut line: usize, run: &Rc<Run>) {
    for statement in statements {
        let height = statement.height();
        match statement {
            Statement::Log(label) => run.seen.borrow_mut().push(Seen { label, position: ev.position() }),
            Statement::Work(ms) => keep_busy(Duration::from_millis(ms)),
            Statement::Later(when, statements) => {
                let body = Body { statements, line, run: Rc::clone(run) };
                ask_for(ev, when, body);
            }
        }
        run.note(ev, Moment::Line(line));
        line += height;
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
            return if let Err(error) = requested {
                run.error.set(Some(error))
            };
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
