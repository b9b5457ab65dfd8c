//! A puzzle runs: each statement is one call of the loop.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};
use std::{fs, io};

use super::{Puzzle, Statement, Step, When};
use crate::EventLoop;
use crate::request::Helper;

/// The body of a callback, or the main script.
struct Body {
    statements: Vec<Statement>,
    /// The line on which its callback begins; 0 for the main script.
    line: usize,
    steps: Rc<RefCell<Vec<Step>>>,
}

impl Puzzle {
    /// Runs the puzzle. Those of its steps that have a label are what it prints.
    ///
    /// # Errors
    /// Those of the loop and of its helper thread.
    pub fn run(&self) -> io::Result<Vec<Step>> {
        let steps = Rc::new(RefCell::new(Vec::new()));
        let mut ev = EventLoop::new()?;
        ev.helper = Some(Helper::start(&mut ev)?);
        Body { statements: self.0.clone(), line: 0, steps: Rc::clone(&steps) }.perform(&mut ev);
        ev.run()?;
        Ok(steps.take())
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
                    Self { statements: statements.clone(), line, steps: Rc::clone(&self.steps) }.ask_for(ev, *when);
                }
            }
            self.note(ev, &format!("line {line} has run"), &name, label);
            line += statement.js_lines().len();
        }
        ev.line = self.line;
        self.note(ev, &format!("{name} has returned"), "", None);
    }

    fn note(&self, ev: &EventLoop, what: &str, stack: &str, label: Option<String>) {
        let mut steps = self.steps.borrow_mut();
        let step = Step::take(ev, what, stack, label, &steps);
        steps.push(step);
    }

    fn ask_for(self, ev: &mut EventLoop, when: When) {
        let perform = move |ev: &mut EventLoop| self.perform(ev);
        match when {
            When::NextTick => ev.next_tick(perform),
            When::Microtask => ev.queue_microtask(perform),
            When::Immediate => ev.set_immediate(perform),
            When::Timeout(ms) => _ = ev.set_timeout(Duration::from_millis(ms), perform),
            When::Interval(ms, mut left) => {
                ev.set_interval(Duration::from_millis(ms), move |ev| {
                    perform(ev);
                    left -= 1;
                    if left == 0 {
                        ev.close_current();
                    }
                });
            }
            When::Stat => {
                let requested = ev.request(|| fs::metadata("."), move |ev, _| perform(ev));
                requested.expect("the helper has been started");
            }
        }
    }
}

/// Keeps the thread busy, as computing does.
pub(crate) fn keep_busy(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {}
}
