//! The checks of the exercise `parallel_map`.

use std::collections::HashSet;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;

use answer::parallel_map;
use harness::{Check, Outcome, ensure, equal, failure, look};

#[forbid(unsafe_code)]
#[path = "../parallel_map.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "an empty list gives an empty list",
        hint: "nothing has to be said for it: a thread that finds no item ends",
        more: "an index or a division by the number of items is not needed",
        run: no_items,
    },
    Check {
        name: "the results stand in the order of the items, not of completion",
        hint: "keep the index of each item, and sort by it or store at it",
        more: "enumerate() gives the indices; each thread can collect pairs of index and result",
        run: in_order,
    },
    Check {
        name: "with n threads n calls run at the same time",
        hint: "a lock must be released before f is called",
        more: "in `while let Some(x) = list.lock()...`, the lock is held until the end of the body: take the item in a `let` first",
        run: at_the_same_time,
    },
    Check {
        name: "not more than n threads call the function",
        hint: "start n threads, not one per item; each calls f several times",
        more: "a loop in each thread takes the next item until none is left",
        run: threads,
    },
    Check {
        name: "a slow item does not hold up the others",
        hint: "do not divide the items beforehand: a thread that is free takes the next one",
        more: "chunks() leaves the items behind a slow one waiting; share one iterator behind a Mutex",
        run: slow_item,
    },
    Check {
        name: "a panic reaches the caller with its payload",
        hint: "join() gives the payload of a panic as Err: panic again with it",
        more: "unwrap(), expect() and the end of a scope make a new panic with another text; panic::resume_unwind does not",
        run: panics,
    },
];

fn main() -> ExitCode {
    harness::run("thread-basics parallel_map", CHECKS)
}

fn no_items() -> Outcome {
    let results: Vec<u32> = parallel_map(Vec::<u32>::new(), 3, |n| n);
    equal("there was no item", &results, &vec![])
}

/// The first item is done only after the third one has begun, which its thread takes when it is done with the second.
fn in_order() -> Outcome {
    let third_begun = AtomicBool::new(false);
    let results = parallel_map(vec![0, 1, 2], 2, |n| {
        match n {
            0 => _ = look::wait_until(|| third_begun.load(SeqCst)),
            2 => third_begun.store(true, SeqCst),
            _ => {}
        }
        n * 10
    });
    equal("three numbers were multiplied by ten", &results, &vec![0, 10, 20])
}

/// Each call waits until four are inside, or one of them has waited for too long.
fn at_the_same_time() -> Outcome {
    let inside = AtomicUsize::new(0);
    let given_up = AtomicBool::new(false);
    let met = parallel_map(vec![(); 4], 4, |()| {
        inside.fetch_add(1, SeqCst);
        if !look::wait_until(|| inside.load(SeqCst) == 4 || given_up.load(SeqCst)) {
            given_up.store(true, SeqCst);
        }
        !given_up.load(SeqCst)
    });
    equal("4 threads, 4 items: each call waited until 4 calls had begun", &met, &vec![true; 4])
}

fn threads() -> Outcome {
    let seen = Mutex::new(HashSet::new());
    parallel_map((0..30).collect(), 3, |_: u32| {
        seen.lock().expect("nothing panics here").insert(thread::current().id());
    });
    let count = seen.lock().expect("nothing panics here").len();
    ensure((1..=3).contains(&count), "30 items, 3 threads: so many threads called the function", "at most 3", count)
}

/// The first item waits for all others.
fn slow_item() -> Outcome {
    let done = AtomicUsize::new(0);
    let results = parallel_map((0..10).collect(), 2, |n: u32| {
        let others_are_done = n != 0 || look::wait_until(|| done.load(SeqCst) == 9);
        done.fetch_add(1, SeqCst);
        others_are_done
    });
    equal("item 0 waited until the other thread had done items 1 to 9", &results, &vec![true; 10])
}

fn panics() -> Outcome {
    let result = panic::catch_unwind(AssertUnwindSafe(|| {
        parallel_map((0..10).collect(), 3, |n: u32| {
            if n == 4 {
                panic::resume_unwind(Box::new("item 4 is broken")); // a panic without a message on standard error
            }
        })
    }));
    match result {
        Ok(_) => Err(failure("the call for item 4 panicked, but parallel_map returned")),
        Err(payload) => match payload.downcast::<&str>() {
            Ok(text) => equal("the payload of the panic", &*text, &"item 4 is broken"),
            Err(other) => panic::resume_unwind(other),
        },
    }
}
