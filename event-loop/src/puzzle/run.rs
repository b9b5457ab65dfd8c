//! A puzzle runs: each statement is one call of the loop.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};
use std::{fs, io};

use super::{Puzzle, Statement, Step, When};
use crate::EventLoop;

/// What is known about a puzzle that runs.
#[derive(Default)]
struct Run {
    steps: RefCell<Vec<Step>>,
    error: Cell<Option<io::Error>>,
}

/// The body of a callback, or the main script.
struct Body {
    statements: Vec<Statement>,
    /// The line on which its callback begins; 0 for the main script.
    line: usize,
    run: Rc<Run>,
}

impl Puzzle {
    /// Runs the puzzle. Those of its steps that have a label are what it prints.
    ///
    /// # Errors
    /// Those of the loop and of [`EventLoop::request`].
    pub fn run(&self) -> io::Result<Vec<Step>> {
        let run = Rc::new(Run::default());
        let mut ev = EventLoop::new()?;
        Body { statements: self.0.clone(), line: 0, run: Rc::clone(&run) }.perform(&mut ev);
        ev.run()?;
        run.error.take().map_or_else(|| Ok(run.steps.take()), Err)
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
            ev.line = line;
            let mut label = None;
            match statement {
                Statement::Log(text) => label = Some(text.clone()),
                Statement::Work(ms) => keep_busy(Duration::from_millis(*ms)),
                Statement::Later(when, statements) => {
                    Self { statements: statements.clone(), line, run: Rc::clone(&self.run) }.ask_for(ev, *when);
                }
            }
            self.note(ev, &format!("line {line} has run"), &name, label);
            line += statement.height();
        }
        ev.line = self.line;
        self.note(ev, &format!("{name} has returned"), "", None);
    }

    fn note(&self, ev: &EventLoop, what: &str, stack: &str, label: Option<String>) {
        let mut steps = self.run.steps.borrow_mut();
        let step = Step::take(ev, what, stack, label, &steps);
        steps.push(step);
    }

    fn ask_for(self, ev: &mut EventLoop, when: When) {
        let run = Rc::clone(&self.run);
        let perform = move |ev: &mut EventLoop| self.perform(ev);
        match when {
            When::NextTick => ev.next_tick(perform),
            When::Microtask => ev.queue_microtask(perform),
            When::Immediate => ev.set_immediate(perform),
            When::Timeout(ms) => _ = ev.set_timeout(Duration::from_millis(ms), perform),
            When::Interval(ms, times) => {
                let mut left = times;
                ev.set_interval(Duration::from_millis(ms), move |ev| {
                    perform(ev);
                    left -= 1;
                    if left == 0 {
                        ev.close_current();
                    }
                });
            }
            When::Stat => {
                if let Err(error) = ev.request(|| fs::metadata("."), move |ev, _| perform(ev)) {
                    run.error.set(Some(error));
                }
            }
        }
    }
}

/// Keeps the thread busy, as computing does.
pub(crate) fn keep_busy(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {}
}
