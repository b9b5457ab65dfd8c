//! Puzzles at random, of all kinds whose order Node.js defines.
//!
//! Defined are the orders of ticks and microtasks, of immediates, of timers of one duration, of timers whose deadlines
//! are [`GAP`] apart, of timers in a loop that starts late, and of what one I/O callback asks for. Not defined, and not
//! made: a timer of 0 ms against an immediate of the main script, and a file-system request against what is not known
//! to run before or after it.

use event_loop::Puzzle;
use event_loop::puzzle::{Statement, When};

/// Between the deadlines of timers, in milliseconds.
const GAP: u64 = 12;
const SLOTS: u64 = 4;

pub(crate) struct Maker {
    state: u64,
    labels: usize,
    /// The deadlines of timers that are still free.
    slots: Vec<u64>,
}

/// What a body may ask for besides labels, ticks and microtasks.
#[derive(Clone, Copy, PartialEq)]
enum May {
    Nothing,
    /// Immediates that ask for immediates.
    Immediates,
    /// Immediates, and timers; the present time in slots.
    Timers(u64),
    /// Inside an I/O callback: immediates that ask for none, and timers of 0 ms.
    Race,
    /// Timers of one duration that ask for more of them.
    OneDuration,
}

impl Maker {
    fn random(&mut self, below: u64) -> u64 {
        self.state = self.state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.state >> 33) % below
    }

    fn log(&mut self) -> Statement {
        self.labels += 1;
        Statement::Log(self.labels.to_string())
    }

    pub(crate) fn puzzle(seed: u64) -> Puzzle {
        let slots = (1..=SLOTS).collect();
        let mut maker = Self { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15), labels: 0, slots };
        maker.random(2);
        Puzzle(match maker.random(9) {
            0 => maker.body(May::Timers(0), 3),
            1 => maker.body(May::Immediates, 4),
            2 => maker.body(May::Nothing, 4),
            3 => maker.body(May::OneDuration, 3),
            4 => maker.interval(),
            5 if maker.random(3) == 0 => maker.late(), // they are long
            6 => maker.in_io_callback(),
            _ => maker.requests(3),
        })
    }

    fn in_io_callback(&mut self) -> Vec<Statement> {
        let may = [May::Race, May::Immediates, May::Timers(0), May::OneDuration][self.random(4) as usize];
        let mut main = self.body(May::Nothing, 2);
        main.push(Statement::Later(When::Stat, self.body(may, 4)));
        main
    }

    /// A chain of file-system requests: each callback asks for the next, from its body, a tick or a microtask; and for
    /// immediates, which come first.
    fn requests(&mut self, depth: usize) -> Vec<Statement> {
        let mut main = self.body(May::Nothing, 2);
        let io = self.request_body(depth);
        main.push(Statement::Later(When::Stat, io));
        main
    }

    fn request_body(&mut self, depth: usize) -> Vec<Statement> {
        let mut body = self.body(May::Nothing, 2);
        for _ in 0..self.random(3) {
            let immediate = self.body(May::Nothing, 2);
            let at = self.random(body.len() as u64 + 1) as usize;
            body.insert(at, Statement::Later(When::Immediate, immediate));
        }
        if depth > 0 {
            let next = Statement::Later(When::Stat, self.request_body(depth - 1));
            let next = match self.random(3) {
                0 => Statement::Later(When::NextTick, vec![self.log(), next]),
                1 => Statement::Later(When::Microtask, vec![next, self.log()]),
                _ => next,
            };
            let at = self.random(body.len() as u64 + 1) as usize;
            body.insert(at, next);
        }
        body
    }

    /// An interval, in whose callback timers of the same duration may be set; and timers between its ticks.
    fn interval(&mut self) -> Vec<Statement> {
        let period = 2 * GAP;
        let times = 1 + self.random(3);
        let mut body = self.body(May::Nothing, 2);
        if self.random(2) == 0 {
            let same = self.body(May::Nothing, 2);
            body.push(Statement::Later(When::Timeout(period), same));
        } else {
            let immediate = self.body(May::Nothing, 1);
            body.push(Statement::Later(When::Immediate, immediate));
        }
        let mut main = self.body(May::Nothing, 2);
        main.push(Statement::Later(When::Interval(period, times), body));
        for slot in [1, 3] {
            let between = self.body(May::Nothing, 1);
            main.push(Statement::Later(When::Timeout(slot * GAP), between));
        }
        main
    }

    /// Timers that are all due when the loop starts. Whatever the order in which they are set, two lists never expire
    /// within 10 ms of each other: the durations differ by 10 or 20 ms more than a multiple of the work between them.
    fn late(&mut self) -> Vec<Statement> {
        let mut main = vec![self.log()];
        for _ in 0..3 + self.random(3) {
            let ms = 10 + self.random(3) * 40;
            let timer = self.body(May::Nothing, 2);
            main.push(Statement::Later(When::Timeout(ms), timer));
            if self.random(2) == 0 {
                main.push(Statement::Work(30));
            }
        }
        main.push(Statement::Work(110));
        main
    }

    fn body(&mut self, may: May, depth: usize) -> Vec<Statement> {
        let mut body = vec![self.log()];
        for _ in 0..if depth == 0 { 0 } else { 1 + self.random(4) } {
            let statement = match self.random(6) {
                0 => self.log(),
                1 => Statement::Later(When::NextTick, self.body(may.inside(), depth - 1)),
                2 => Statement::Later(When::Microtask, self.body(may.inside(), depth - 1)),
                _ => self.later(may, depth),
            };
            body.push(statement);
        }
        body
    }

    fn later(&mut self, may: May, depth: usize) -> Statement {
        let timer = self.random(2) == 0;
        match may {
            May::Nothing => self.log(),
            May::Race if timer => Statement::Later(When::Timeout(0), self.body(May::Nothing, depth - 1)),
            May::Race => Statement::Later(When::Immediate, self.body(May::Nothing, depth - 1)),
            May::OneDuration => Statement::Later(When::Timeout(GAP), self.body(May::OneDuration, depth - 1)),
            May::Timers(now) if timer => {
                let later: Vec<_> = (0..self.slots.len()).filter(|at| self.slots[*at] > now).collect();
                if later.is_empty() {
                    return self.log();
                }
                let chosen = self.random(later.len() as u64) as usize;
                let slot = self.slots.remove(later[chosen]);
                Statement::Later(When::Timeout((slot - now) * GAP), self.body(May::Timers(slot), depth - 1))
            }
            May::Timers(_) | May::Immediates => {
                Statement::Later(When::Immediate, self.body(May::Immediates, depth - 1))
            }
        }
    }
}

impl May {
    /// In a tick or a microtask of the body.
    fn inside(self) -> Self {
        if let May::Timers(_) = self { May::Immediates } else { self }
    }
}
