//! Random puzzles, run here and in the real Node.js: the same order wherever Node defines one.

mod maker;
mod node;
mod shrink;

use std::fs;
use std::io;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use event_loop::Puzzle;
use event_loop::puzzle::questions::QUESTIONS;
use event_loop::puzzle::{Statement, When};
use maker::Maker;
use node::{run_in_node, skipped};
use shrink::shrink;

/// A timer is late when the machine stalls for longer than the deadlines are apart: then one that it sets in turn may
/// be late by as much, there or here. So a puzzle with timers that disagrees is run again, this often.
const ATTEMPTS: usize = 8;

/// How many run at once, here and in Node: most of the time a puzzle with timers waits.
const THREADS: usize = 4;

fn has_timers(body: &[Statement]) -> bool {
    body.iter().any(|statement| match statement {
        Statement::Log(_) | Statement::Work(_) => false,
        Statement::Later(When::Timeout(_) | When::Interval(..), _) => true,
        Statement::Later(_, body) => has_timers(body),
    })
}

fn run_here(puzzle: &Puzzle) -> String {
    let labels: Vec<_> = puzzle.run().unwrap().into_iter().filter_map(|step| step.label).collect();
    labels.join(" ")
}

/// What a puzzle printed here, twice, and in Node.
struct Outcome {
    here: [String; 2],
    node: String,
}

impl Outcome {
    fn agrees(&self) -> bool {
        self.here.iter().all(|here| *here == self.node)
    }
}

fn twice_here(puzzles: &[Puzzle]) -> Vec<[String; 2]> {
    puzzles.iter().map(|puzzle| [run_here(puzzle), run_here(puzzle)]).collect()
}

fn compare(puzzles: &[Puzzle]) -> io::Result<Vec<Outcome>> {
    let part = puzzles.len().div_ceil(THREADS).max(1);
    thread::scope(|scope| {
        let mut running = Vec::new();
        for part in puzzles.chunks(part) {
            running.push((scope.spawn(|| twice_here(part)), scope.spawn(|| run_in_node(part))));
        }
        let mut outcomes = Vec::new();
        for (here, node) in running {
            let pairs = here.join().unwrap().into_iter().zip(node.join().unwrap()?);
            outcomes.extend(pairs.map(|(here, node)| Outcome { here, node }));
        }
        Ok(outcomes)
    })
}

/// Whether each puzzle disagrees with Node in every attempt.
fn disagree(puzzles: &[Puzzle]) -> io::Result<Vec<bool>> {
    let mut failing = vec![true; puzzles.len()];
    for _ in 0..ATTEMPTS {
        let left: Vec<_> = (0..puzzles.len()).filter(|index| failing[*index]).collect();
        let again: Vec<_> = left.iter().map(|index| puzzles[*index].clone()).collect();
        for (index, outcome) in left.into_iter().zip(compare(&again)?) {
            // A stall disturbs one run of the two, and not the other; a wrong order is wrong in both.
            failing[index] = !outcome.here.contains(&outcome.node);
        }
    }
    Ok(failing)
}

fn check(count: u64) {
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let puzzles: Vec<_> = (0..count).map(|n| Maker::puzzle(seed.wrapping_add(n))).collect();
    let outcomes = match compare(&puzzles) {
        Ok(outcomes) => outcomes,
        Err(error) => return skipped(&error),
    };
    for (puzzle, outcome) in puzzles.into_iter().zip(outcomes) {
        let may_differ_once = has_timers(&puzzle.0);
        if outcome.agrees() || (may_differ_once && !disagree(std::slice::from_ref(&puzzle)).unwrap()[0]) {
            continue;
        }
        let smallest = shrink(puzzle, |puzzles| disagree(puzzles).unwrap());
        let Outcome { here, node } = &compare(std::slice::from_ref(&smallest)).unwrap()[0];
        panic!("seed {seed}; the smallest puzzle that differs:\n{}here: {here:?}\nnode: {node}", smallest.js());
    }
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
                assert_eq!(printed, fs::read_to_string(file).unwrap().trim().replace('\n', " "), "{}", question.name);
            }
        }
    }
}
