//! Random puzzles, run here and in the real Node.js: the same order wherever Node defines one.
//!
//! Defined are the orders of ticks and microtasks, of immediates, of timers whose deadlines differ by 10 ms and more,
//! and of everything that one I/O callback asks for. Not defined, and not generated: a timer of 0 ms against an
//! immediate of the main script, and a file-system request against anything but its own past.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use event_loop::Puzzle;
use event_loop::puzzle::{Statement, When};

const PUZZLES: usize = 240;

/// Between the deadlines of timers, in milliseconds.
const GAP: u64 = 12;
const SLOTS: u64 = 4;

/// A timer is late when the machine stalls for longer than [`GAP`]: then one that it sets in turn may be late by as
/// much, there or here. So a puzzle with timers that disagrees is run again, this often.
const ATTEMPTS: usize = 4;

/// Makes puzzles at random.
struct Maker {
    state: u64,
    labels: usize,
    /// The deadlines of timers that are still to be given out.
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

    fn puzzle(seed: u64) -> Puzzle {
        let slots = (1..=SLOTS).collect();
        let mut maker = Self { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15), labels: 0, slots };
        maker.random(2);
        let mut main = match maker.random(5) {
            0 => maker.body(May::Timers(0), 3),
            1 => maker.body(May::Immediates, 4),
            _ => maker.body(May::Nothing, 2),
        };
        if main.len() < 3 {
            let may = [May::Race, May::Race, May::Immediates, May::Timers(0)][maker.random(4) as usize];
            main = maker.body(May::Nothing, 2);
            let io = maker.body(may, 4);
            main.push(Statement::Later(When::Stat, io));
        }
        Puzzle(main)
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

fn has_timers(body: &[Statement]) -> bool {
    body.iter().any(|statement| match statement {
        Statement::Log(_) => false,
        Statement::Later(when, body) => matches!(when, When::Timeout(_)) || has_timers(body),
    })
}

/// One Node process for all of them: each is a main script of its own, begun when nothing of the last is left.
fn script(puzzles: &[Puzzle]) -> String {
    let mut script = String::from("const puzzles = [\n");
    for puzzle in puzzles {
        script += &format!("(console) => {{\n{}}},\n", puzzle.js());
    }
    script += "];\nlet labels = null;\nprocess.on('beforeExit', () => {\n";
    script += "  if (labels) console.log(labels.join(' '));\n  labels = [];\n";
    script += "  const [now, puzzle] = [labels, puzzles.shift()];\n";
    script += "  if (!puzzle) process.exit();\n  setImmediate(() => {}); // so that the event comes again\n";
    script += "  puzzle({ log: (label) => now.push(label) });\n});\n";
    script
}

fn start_node(puzzles: &[Puzzle]) -> std::io::Result<impl FnOnce() -> Vec<String> + use<>> {
    let mut node = Command::new("node").arg("-").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    node.stdin.take().unwrap().write_all(script(puzzles).as_bytes())?;
    Ok(move || {
        let output = node.wait_with_output().unwrap();
        assert!(output.status.success(), "node ended with {}", output.status);
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    })
}

/// Not through `println!`, whose output a test that passes does not show.
fn skipped(error: &std::io::Error) {
    let _ = writeln!(std::io::stderr(), "skipped: the real Node.js cannot be run here (`node`: {error})");
}

fn run_here(puzzle: &Puzzle) -> String {
    let labels: Vec<_> = puzzle.run().unwrap().into_iter().map(|seen| seen.label).collect();
    labels.join(" ")
}

#[test]
fn random_puzzles_run_in_the_same_order_as_in_node() {
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let mut puzzles: Vec<_> = (0..PUZZLES as u64).map(|n| Maker::puzzle(seed.wrapping_add(n))).collect();
    for attempt in 1.. {
        let node = match start_node(&puzzles) {
            Ok(node) => node,
            Err(error) => return skipped(&error),
        };
        let here: Vec<_> = puzzles.iter().map(run_here).collect();
        let there = node();
        assert_eq!(here.len(), there.len(), "node ran every puzzle");
        let mut wrong = Vec::new();
        for ((puzzle, here), there) in puzzles.into_iter().zip(here).zip(there) {
            if here != there {
                let last = attempt == ATTEMPTS || !has_timers(&puzzle.0);
                assert!(!last, "{}\nhere: {here}\nnode: {there}", puzzle.js());
                wrong.push(puzzle);
            }
        }
        if wrong.is_empty() {
            return println!("{PUZZLES} puzzles agree, after {attempt} attempts");
        }
        puzzles = wrong;
    }
}

#[test]
fn the_chapters_puzzles_still_run_in_the_recorded_order_in_node() {
    let questions = event_loop::quiz::QUESTIONS;
    let puzzles: Vec<_> = questions.iter().map(|question| question.puzzle()).collect();
    match start_node(&puzzles) {
        Err(error) => skipped(&error),
        Ok(node) => {
            let recorded: Vec<_> = questions.iter().map(|q| q.node().collect::<Vec<_>>().join(" ")).collect();
            assert_eq!(node(), recorded);
        }
    }
}
