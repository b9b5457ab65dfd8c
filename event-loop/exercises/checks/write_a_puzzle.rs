//! The checks of the exercise `write_a_puzzle`. They run it on the chapter's loop.

use std::process::ExitCode;

use event_loop::Puzzle;
use serde_json::Value;

use answer::puzzle;
use harness::{Check, Failure, Outcome, answered, ensure, equal, failure};

#[forbid(unsafe_code)]
#[path = "../write_a_puzzle.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "the chapter accepts it as a puzzle",
        hint: "the cause says the line and the column where something else was expected",
        more: "JSON needs double quotation marks, no comma after the last one, and an ms beside each setTimeout",
        run: accepted,
    },
    Check {
        name: "it prints A to H in this order, every time",
        hint: "cargo run -p event-loop -- puzzle FILE shows what it prints",
        more: "the main script runs first, then ticks, then microtasks; in the loop, check comes after poll",
        run: printed,
    },
    Check {
        name: "in the text the labels stand from H to A",
        hint: "what is written first must run last",
        more: "in each array, a statement that runs its body later stands before the log that runs at once",
        run: reversed,
    },
    Check {
        name: "each of the five kinds of body logs a label itself",
        hint: "nextTick, microtask, setImmediate, setTimeout and stat each need a log directly in their array",
        more: "a log that is in a tick that is in an immediate belongs to the tick",
        run: kinds,
    },
    Check {
        name: "no timer waits",
        hint: "every ms is 0",
        more: "let phases and queues decide: a timer that is started in a stat fires after the immediate",
        run: no_waiting,
    },
    Check {
        name: "no race decides",
        hint: "a timer of 0 ms against an immediate of the main script, or a stat against either, has no promised order",
        more: "start only a stat from the main script, and the timer and the immediate in its callback",
        run: no_race,
    },
];

fn main() -> ExitCode {
    harness::run("event-loop write_a_puzzle", CHECKS)
}

/// What the chapter's loop prints for the puzzle.
fn run() -> Result<String, Failure> {
    let puzzle = Puzzle::parse(puzzle().as_bytes()).map_err(failure)?;
    let labels: Vec<String> = answered(puzzle.run())?.into_iter().filter_map(|step| step.label).collect();
    Ok(labels.join(" "))
}

fn statements() -> Result<Vec<Value>, Failure> {
    serde_json::from_str(puzzle()).map_err(|why| failure(format!("the puzzle is no array in JSON: {why}")))
}

fn accepted() -> Outcome {
    run().map(drop)
}

fn printed() -> Outcome {
    for _ in 0..5 {
        equal("the labels that were printed", &run()?.as_str(), &"A B C D E F G H")?;
    }
    Ok(())
}

/// Every statement in the order of the text, with the kind of body that it is directly in.
fn visit(body: &[Value], kind: &str, see: &mut dyn FnMut(&str, &Value)) {
    for statement in body {
        see(kind, statement);
        for (key, inner) in statement.as_object().into_iter().flatten() {
            visit(inner.as_array().map_or(&[], Vec::as_slice), key, see);
        }
    }
}

fn reversed() -> Outcome {
    let mut labels = String::new();
    visit(&statements()?, "main", &mut |_, statement| labels.extend(statement["log"].as_str()));
    equal("the labels in the order of the text", &labels.as_str(), &"HGFEDCBA")
}

fn kinds() -> Outcome {
    let mut missing = vec!["nextTick", "microtask", "setImmediate", "setTimeout", "stat"];
    visit(&statements()?, "main", &mut |kind, statement| {
        if statement["log"].is_string() {
            missing.retain(|other| *other != kind);
        }
    });
    equal("these have no log directly in their body", &missing, &vec![])
}

fn no_waiting() -> Outcome {
    let mut waits = Vec::new();
    visit(&statements()?, "main", &mut |_, statement| waits.extend(statement["ms"].as_u64().filter(|ms| *ms > 0)));
    equal("these are the ms of timers that wait", &waits, &vec![])
}

fn no_race() -> Outcome {
    let statements = statements()?;
    ensure(!statements.is_empty(), "the puzzle is empty", "statements", "none")?;
    without_race("the main script", &statements)
}

/// What a callback starts, with the ticks and microtasks that it queues: the key and the body of each.
fn started(body: &[Value]) -> Vec<(&str, &[Value])> {
    let mut all = Vec::new();
    for (key, inner) in body.iter().filter_map(Value::as_object).flatten() {
        let inner = inner.as_array().map_or(&[][..], Vec::as_slice);
        match key.as_str() {
            "log" | "ms" | "times" => {}
            "nextTick" | "microtask" => all.extend(started(inner)),
            key => all.push((key, inner)),
        }
    }
    all
}

fn without_race(name: &str, body: &[Value]) -> Outcome {
    let started = started(body);
    let mut keys: Vec<&str> = started.iter().map(|(key, _)| *key).collect();
    keys.sort_unstable();
    let last = started.iter().all(|(_, inner)| self::started(inner).is_empty());
    let promised = name == "stat" && keys == ["setImmediate", "setTimeout"] && last;
    let cause = format!("{name} starts several callbacks, and nobody promises their order");
    ensure(keys.len() <= 1 || promised, &cause, "at most one", keys.join(", "))?;
    started.iter().try_for_each(|(key, inner)| without_race(key, inner))
}
