//! The checks of the exercise `least_connections`.

use std::collections::HashSet;
use std::process::ExitCode;

use nix::unistd::getpid;

use answer::{Assigned, Dispatcher};
use harness::{Check, Failure, Outcome, ensure, equal, failure, look};

#[forbid(unsafe_code)]
#[path = "../least_connections.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "without workers nothing is assigned",
        hint: "min_by_key of nothing is None",
        more: "the ? operator passes the None on",
        run: no_workers,
    },
    Check {
        name: "every connection has its own number",
        hint: "a number is not used again, also not after its connection was closed",
        more: "a counter that only grows gives the numbers",
        run: numbers,
    },
    Check {
        name: "the worker with the fewest open connections is picked",
        hint: "count up in assign and down in closed",
        more: "closed must know which worker had the connection: keep that under its number",
        run: fewest,
    },
    Check {
        name: "of several, the one that has waited longest is picked",
        hint: "where counts are equal, it is not always the first one's turn",
        more: "remember for each worker when it was last assigned a connection, or joined: (open, since) is the key",
        run: longest_wait,
    },
    Check {
        name: "an unknown or closed connection changes nothing",
        hint: "the same connection may be reported closed twice",
        more: "remove the number in closed; only if it was there, count down",
        run: closed_twice,
    },
    Check {
        name: "a worker that has left is not picked, nor disturbed afterwards",
        hint: "forget the connections of a worker together with the worker",
        more: "a new worker under the same number must not be counted down for the connections of the old one",
        run: left,
    },
    Check {
        name: "a worker that joins catches up",
        hint: "it has no open connection, whatever others have",
        more: "no special case is needed: its count is 0",
        run: joins,
    },
    Check {
        name: "closed connections leave nothing behind",
        hint: "memory must not grow with the number of connections that ever were",
        more: "remove a closed connection instead of marking it",
        run: nothing_behind,
    },
];

fn main() -> ExitCode {
    harness::run("cluster least_connections", CHECKS)
}

fn dispatcher(workers: &[u32]) -> Dispatcher {
    let mut dispatcher = Dispatcher::new();
    workers.iter().for_each(|worker| dispatcher.joined(*worker));
    dispatcher
}

/// Assigns so many connections.
fn assign(dispatcher: &mut Dispatcher, count: usize) -> Result<Vec<Assigned>, Failure> {
    let none = || failure("there are workers, but nothing was assigned");
    (0..count).map(|_| dispatcher.assign().ok_or_else(none)).collect()
}

/// The workers that get the next connections.
fn picked(dispatcher: &mut Dispatcher, count: usize) -> Result<Vec<u32>, Failure> {
    Ok(assign(dispatcher, count)?.iter().map(|assigned| assigned.worker).collect())
}

fn no_workers() -> Outcome {
    let mut dispatcher = Dispatcher::new();
    equal("nobody has joined", &dispatcher.assign(), &None)?;
    dispatcher.joined(7);
    dispatcher.left(7);
    equal("the only worker has left", &dispatcher.assign(), &None)
}

fn numbers() -> Outcome {
    let mut dispatcher = dispatcher(&[1, 2]);
    let mut numbers = HashSet::new();
    for _ in 0..100 {
        for assigned in assign(&mut dispatcher, 2)? {
            numbers.insert(assigned.connection);
            dispatcher.closed(assigned.connection);
        }
    }
    equal("200 connections had this many numbers", &numbers.len(), &200)
}

fn fewest() -> Outcome {
    let mut dispatcher = dispatcher(&[1, 2, 3]);
    let first = assign(&mut dispatcher, 6)?;
    for assigned in first.iter().filter(|assigned| assigned.worker == 2) {
        dispatcher.closed(assigned.connection);
    }
    equal("workers 1 and 3 have two open, 2 has none: the next two", &picked(&mut dispatcher, 2)?, &vec![2, 2])?;
    if let Some(assigned) = first.iter().find(|assigned| assigned.worker == 3) {
        dispatcher.closed(assigned.connection);
    }
    equal("workers 1 and 2 have two open, 3 has one: the next", &picked(&mut dispatcher, 1)?, &vec![3])
}

fn longest_wait() -> Outcome {
    let mut dispatcher = dispatcher(&[3, 1, 2]);
    let mut workers = Vec::new();
    for _ in 0..6 {
        for assigned in assign(&mut dispatcher, 1)? {
            workers.push(assigned.worker);
            dispatcher.closed(assigned.connection);
        }
    }
    equal("3, 1, 2 joined; each connection is closed before the next comes", &workers, &vec![3, 1, 2, 3, 1, 2])?;
    dispatcher.joined(9);
    equal("9 joins last, so it has waited the shortest time", &picked(&mut dispatcher, 4)?, &vec![3, 1, 2, 9])
}

fn closed_twice() -> Outcome {
    let mut dispatcher = dispatcher(&[1, 2]);
    let first = assign(&mut dispatcher, 6)?;
    let of_one = first.iter().find(|assigned| assigned.worker == 1).map_or(0, |assigned| assigned.connection);
    for _ in 0..5 {
        dispatcher.closed(of_one);
        dispatcher.closed(u64::MAX);
    }
    equal("1 has two open, 2 has three: the next three", &picked(&mut dispatcher, 3)?, &vec![1, 2, 1])
}

fn left() -> Outcome {
    let mut dispatcher = dispatcher(&[1, 2]);
    let first = assign(&mut dispatcher, 8)?;
    dispatcher.left(2);
    equal("2 has left", &picked(&mut dispatcher, 2)?, &vec![1, 1])?;
    dispatcher.joined(2);
    equal("1 has six open; a new 2 has caught up", &picked(&mut dispatcher, 6)?, &vec![2; 6])?;
    for assigned in first.iter().filter(|assigned| assigned.worker == 2) {
        dispatcher.closed(assigned.connection);
    }
    equal("both have six open; the old 2's are reported closed late", &picked(&mut dispatcher, 2)?, &vec![1, 2])
}

fn joins() -> Outcome {
    let mut dispatcher = dispatcher(&[1, 2]);
    assign(&mut dispatcher, 6)?;
    dispatcher.joined(3);
    equal("1 and 2 have three open, 3 has none: the next four", &picked(&mut dispatcher, 4)?, &vec![3, 3, 3, 1])
}

fn nothing_behind() -> Outcome {
    let mut dispatcher = dispatcher(&[1, 2, 3]);
    let mut many = |count| -> Outcome {
        for _ in 0..count {
            let assigned = assign(&mut dispatcher, 1)?;
            dispatcher.closed(assigned[0].connection);
        }
        Ok(())
    };
    many(1000)?;
    let before = look::status(getpid(), "VmRSS");
    many(400_000)?;
    let grown = look::status(getpid(), "VmRSS").saturating_sub(before);
    ensure(grown < 1500, "400000 connections came and were closed", "the memory stays", format!("{grown} KiB more"))
}
