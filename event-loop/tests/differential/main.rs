//! Random puzzles, run here and in the real Node.js: the same order wherever Node defines one.

mod maker;
mod node;
mod run;
mod shrink;

use std::fs;
use std::io;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use event_loop::Puzzle;
use event_loop::puzzle::questions::QUESTIONS;
use maker::Maker;
use node::{run_in_node, skipped};
use run::{Run, run_here};
use shrink::shrink;

/// How many run at once, here and in Node: most of the time a puzzle with timers waits.
const THREADS: usize = 4;

/// How often a puzzle is run again when its runs differ, twice here and [`IN_NODE`] times in Node.
const ATTEMPTS: usize = 3;
const IN_NODE: usize = 5;

/// So many runs must be undisturbed, here and in Node.
const ENOUGH: [usize; 2] = [2, 3];

fn twice_here(puzzles: &[Puzzle]) -> Vec<[Run; 2]> {
    puzzles.iter().map(|puzzle| [run_here(puzzle), run_here(puzzle)]).collect()
}

/// Runs each puzzle twice here and once in Node, and returns those whose three orders are not the same, with what is
/// known of them.
fn that_differ(puzzles: Vec<Puzzle>) -> io::Result<Vec<(Puzzle, Orders)>> {
    let part = puzzles.len().div_ceil(THREADS).max(1);
    let runs = thread::scope(|scope| {
        let mut running = Vec::new();
        for part in puzzles.chunks(part) {
            running.push((scope.spawn(|| twice_here(part)), scope.spawn(|| run_in_node(part))));
        }
        let mut runs = Vec::new();
        for (here, node) in running {
            runs.extend(here.join().unwrap().into_iter().zip(node.join().unwrap()?));
        }
        io::Result::Ok(runs)
    })?;
    let mut differing = Vec::new();
    for (puzzle, (here, node)) in puzzles.into_iter().zip(runs) {
        if here.iter().any(|here| here.order != node.order) {
            let here = undisturbed(here.into()).collect();
            differing.push((puzzle, Orders { here, node: undisturbed(vec![node]).collect() }));
        }
    }
    Ok(differing)
}

/// What a puzzle printed in runs that the machine did not disturb.
#[derive(Debug, Default)]
struct Orders {
    here: Vec<String>,
    node: Vec<String>,
}

impl Orders {
    /// Runs the puzzle again, until there are enough such runs.
    fn complete(mut self, puzzle: &Puzzle) -> io::Result<Self> {
        for _ in 0..ATTEMPTS {
            if self.here.len() < ENOUGH[0] {
                self.here.extend(undisturbed(vec![run_here(puzzle), run_here(puzzle)]));
            }
            if self.node.len() < ENOUGH[1] {
                self.node.extend(undisturbed(run_in_node(&vec![puzzle.clone(); IN_NODE])?));
            }
        }
        Ok(self)
    }

    fn are_known(&self) -> bool {
        self.here.len() >= ENOUGH[0] && self.node.len() >= ENOUGH[1]
    }

    /// Whether each order here is one that Node has shown, too. A puzzle whose order is defined has only one.
    fn agree(&self) -> bool {
        self.here.iter().all(|order| self.node.contains(order))
    }
}

fn undisturbed(runs: Vec<Run>) -> impl Iterator<Item = String> {
    runs.into_iter().filter(|run| !run.is_disturbed()).map(|run| run.order)
}

/// A puzzle that differs in the first pass is run again. One whose runs are disturbed in every attempt is not judged.
fn check(count: u64) {
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let puzzles: Vec<_> = (0..count).map(|n| Maker::puzzle(seed.wrapping_add(n))).collect();
    let mut unknown = 0;
    let differing = match that_differ(puzzles) {
        Ok(differing) => differing,
        Err(error) => return skipped(&error),
    };
    for (puzzle, orders) in differing {
        let orders = orders.complete(&puzzle).unwrap();
        if orders.are_known() && !orders.agree() {
            fail(seed, puzzle, &orders);
        }
        unknown += u64::from(!orders.are_known());
    }
    assert!(unknown <= count / 20, "the machine is too busy: {unknown} of {count} puzzles cannot be judged");
}

fn fail(seed: u64, puzzle: Puzzle, orders: &Orders) {
    let differs = |puzzle: &Puzzle| {
        let orders = Orders::default().complete(puzzle).unwrap();
        orders.are_known() && !orders.agree()
    };
    let smallest = shrink(puzzle, |puzzles| puzzles.iter().map(differs).collect());
    panic!("seed {seed}: {orders:#?}\nthe smallest puzzle that differs:\n{}", smallest.js());
}

#[test]
fn five_hundred_random_puzzles_run_in_the_same_order_as_in_node() {
    check(504);
}

#[test]
#[ignore = "takes a minute"]
fn two_thousand_random_puzzles_run_in_the_same_order_as_in_node() {
    check(2_000);
}

#[test]
fn the_chapters_puzzles_still_run_in_the_recorded_order_in_node() {
    let puzzles: Vec<_> = QUESTIONS.iter().map(|question| Puzzle::parse(question.json.as_bytes()).unwrap()).collect();
    match run_in_node(&puzzles) {
        Err(error) => skipped(&error),
        Ok(node) => {
            for (question, printed) in QUESTIONS.iter().zip(node) {
                let file = format!("{}/puzzles/{}.node", env!("CARGO_MANIFEST_DIR"), question.name);
                assert_eq!(
                    printed.order,
                    fs::read_to_string(file).unwrap().trim().replace('\n', " "),
                    "{}",
                    question.name
                );
            }
        }
    }
}
