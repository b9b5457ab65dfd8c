//! The checks of the exercise `respawn_with_backoff`.

use std::process::ExitCode;
use std::time::Duration;

use nix::unistd::getpid;

use answer::{Decision, Life, Rules, decide};
use harness::{Check, Outcome, ensure, equal, look};

#[forbid(unsafe_code)]
#[path = "../respawn_with_backoff.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "it says how long to wait, and does not wait itself",
        hint: "the primary has other workers to look after: it sets a timer",
        more: "no sleep and no loop: compare now with the end of the pause",
        run: at_once,
    },
    Check {
        name: "without short lives a worker is started at once",
        hint: "a slot that never had a worker, and one whose worker lived long",
        more: "count the short lives at the end of the history; zero of them mean Start",
        run: first_start,
    },
    Check {
        name: "pauses double from one short life to the next, up to the longest",
        hint: "first, twice first, four times first, and so on",
        more: "first * 2^(short lives - 1), then min with longest",
        run: doubles,
    },
    Check {
        name: "the pause begins at the last death",
        hint: "asked again later, less is left",
        more: "the end of the pause is died + pause; Wait(end - now), and Start from the end on",
        run: from_death,
    },
    Check {
        name: "a stable life resets the count",
        hint: "only short lives in a row, at the end of the history, count",
        more: "take_while from the end; a life of exactly stable is not short",
        run: resets,
    },
    Check {
        name: "other slots do not count",
        hint: "look only at the lives of the given slot",
        more: "filter by slot before you look at what comes in a row",
        run: slots,
    },
    Check {
        name: "after the limit of short lives the slot is given up, and only this one",
        hint: "the limit is of short lives in a row in one slot",
        more: "short lives >= limit mean GiveUp, whatever the time is",
        run: limit,
    },
    Check {
        name: "a long history does no harm",
        hint: "two to the power of a thousand has no room in any integer",
        more: "saturating_pow and saturating_mul stop at the largest value; then comes min",
        run: long_history,
    },
];

fn main() -> ExitCode {
    harness::run("cluster respawn_with_backoff", CHECKS)
}

const RULES: Rules = Rules { first: ms(10), longest: ms(70), stable: ms(1000), limit: 6 };

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Lives of a slot, each as long as given, one after another, 100 ms apart.
fn lives(slot: usize, lengths: &[u64]) -> Vec<Life> {
    let mut started = 0;
    let mut all = Vec::new();
    for length in lengths {
        all.push(Life { slot, started: ms(started), died: ms(started + length) });
        started += length + 100;
    }
    all
}

/// What is decided for slot 0 right after its last death.
fn after(lengths: &[u64]) -> Decision {
    let history = lives(0, lengths);
    decide(&history, 0, history.last().map_or(ms(0), |life| life.died), &RULES)
}

fn at_once() -> Outcome {
    let history = lives(0, &[1]);
    let rules = Rules { first: ms(2), ..RULES };
    let before = look::status(getpid(), "voluntary_ctxt_switches");
    let all: Vec<Decision> = (0..200).map(|_| decide(&history, 0, ms(1), &rules)).collect();
    let sleeps = look::status(getpid(), "voluntary_ctxt_switches") - before;
    ensure(
        sleeps < 50,
        "200 times there was a pause of 2 ms, and the process slept",
        "not at all",
        format!("{sleeps} times"),
    )?;
    equal("the decision", &all[0], &Decision::Wait(ms(2)))
}

fn first_start() -> Outcome {
    equal("nobody has died", &decide(&[], 0, ms(5), &RULES), &Decision::Start)?;
    equal("the worker lived for 1 s, which is stable", &after(&[1000]), &Decision::Start)
}

fn doubles() -> Outcome {
    let lengths = [1, 999, 0, 5, 1];
    let pauses: Vec<Decision> = (1..=5).map(|count| after(&lengths[..count])).collect();
    let expected: Vec<Decision> = [10, 20, 40, 70, 70].map(|pause| Decision::Wait(ms(pause))).into();
    equal("first 10 ms, longest 70 ms; after 1, 2, 3, 4, 5 short lives", &pauses, &expected)
}

fn from_death() -> Outcome {
    let history = lives(0, &[1, 1]); // the second one died at 102 ms, the pause is 20 ms
    let decisions = [102, 103, 121, 122, 500].map(|now| decide(&history, 0, ms(now), &RULES));
    let [left, less, least] = [20, 19, 1].map(|left| Decision::Wait(ms(left)));
    let expected = [left, less, least, Decision::Start, Decision::Start];
    equal("died at 102 ms, pause 20 ms; at 102, 103, 121, 122, 500 ms", &decisions, &expected)
}

fn resets() -> Outcome {
    equal("three short lives, a stable one", &after(&[1, 1, 1, 1000]), &Decision::Start)?;
    equal("three short lives, a stable one, a short one", &after(&[1, 1, 1, 1000, 1]), &Decision::Wait(ms(10)))?;
    equal("a life of 999 ms is short", &after(&[1, 1, 999]), &Decision::Wait(ms(40)))?;
    equal(
        "five short lives, a stable one, five short ones",
        &after(&[1, 1, 1, 1, 1, 5000, 1, 1, 1, 1, 1]),
        &Decision::Wait(ms(70)),
    )
}

/// Slot 1 dies four times, slot 2 lives long, and slot 0 has one short life among them.
fn slots() -> Outcome {
    let mut history = lives(1, &[1, 1, 1, 1]);
    history.insert(2, Life { slot: 0, started: ms(150), died: ms(152) });
    history
        .extend([Life { slot: 2, started: ms(0), died: ms(400) }, Life { slot: 2, started: ms(401), died: ms(9000) }]);
    equal(
        "slot 0: one short life, died at 152 ms; now 153",
        &decide(&history, 0, ms(153), &RULES),
        &Decision::Wait(ms(9)),
    )?;
    equal(
        "slot 1: four short lives, died at 304 ms; now 304",
        &decide(&history, 1, ms(304), &RULES),
        &Decision::Wait(ms(70)),
    )?;
    equal("slot 3 never had a worker", &decide(&history, 3, ms(304), &RULES), &Decision::Start)
}

fn limit() -> Outcome {
    let mut history = lives(0, &[1; 6]);
    equal("six short lives, the limit is 6", &after(&[1; 6]), &Decision::GiveUp)?;
    equal("the same, much later", &decide(&history, 0, ms(99_999), &RULES), &Decision::GiveUp)?;
    equal("another slot, after slot 0 was given up", &decide(&history, 1, ms(99_999), &RULES), &Decision::Start)?;
    history.truncate(5);
    equal("five short lives, much later", &decide(&history, 0, ms(99_999), &RULES), &Decision::Start)
}

fn long_history() -> Outcome {
    let history = lives(0, &[1; 5000]);
    let died = history[4999].died;
    for (first, longest) in [(ms(10), ms(70)), (Duration::from_secs(1 << 40), ms(70)), (ms(10), ms(40_000_000))] {
        let rules = Rules { first, longest, limit: usize::MAX, ..RULES };
        equal("5000 short lives, no limit", &decide(&history, 0, died, &rules), &Decision::Wait(longest))?;
    }
    Ok(())
}
