//! The checks of the exercise `ticks_and_microtasks`.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::rc::Rc;

use answer::Queues;
use harness::{Check, Outcome, ensure, equal};

#[forbid(unsafe_code)]
#[path = "../ticks_and_microtasks.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "first all ticks run, then all microtasks",
        hint: "two queues, each first in, first out",
        more: "push_back and pop_front; ask the ticks first",
        run: ticks_first,
    },
    Check {
        name: "what a tick queues as a tick runs before the microtasks",
        hint: "look into the queue again after each callback, also for what came meanwhile",
        more: "pop one callback, run it, then look again, until the queue is empty",
        run: tick_in_tick,
    },
    Check {
        name: "a tick queued by a microtask waits until all microtasks have run",
        hint: "after a microtask it is not yet the ticks' turn again",
        more: "switch to the ticks only when the queue of microtasks is empty",
        run: tick_in_microtask,
    },
    Check {
        name: "a drain runs as many callbacks as it may, and says how many",
        hint: "count every callback, of both kinds",
        more: "with a limit of 0 nothing runs; what is left stays queued",
        run: limit,
    },
    Check {
        name: "the next drain goes on in the middle of the microtasks",
        hint: "which queue's turn it is must survive the end of drain",
        more: "keep it in a field of Queues; it changes only when the queue whose turn it is has become empty",
        run: goes_on,
    },
    Check {
        name: "a callback that panics loses no other",
        hint: "callbacks that were taken out of their queue are lost when one of them panics",
        more: "take out one callback at a time",
        run: panics,
    },
    Check {
        name: "a million callbacks in a row need no deeper stack",
        hint: "a drain that calls itself for each callback needs stack for each",
        more: "use a loop, and only queue in next_tick",
        run: deep,
    },
];

fn main() -> ExitCode {
    harness::run("event-loop ticks_and_microtasks", CHECKS)
}

type Log = Rc<RefCell<String>>;
type Callback = Box<dyn FnOnce(&mut Queues)>;

/// What a callback queues: a tick or a microtask, with its name and what it queues in turn.
enum Kind {
    Tick(char, Vec<Kind>),
    Micro(char, Vec<Kind>),
}
use Kind::{Micro, Tick};

fn tick(name: char) -> Kind {
    Tick(name, vec![])
}

fn micro(name: char) -> Kind {
    Micro(name, vec![])
}

fn queue(queues: &mut Queues, all: Vec<Kind>, log: &Log) {
    for one in all {
        match one {
            Tick(name, inner) => queues.next_tick(callback(name, inner, log)),
            Micro(name, inner) => queues.queue_microtask(callback(name, inner, log)),
        }
    }
}

/// A callback that writes its name and queues what it has to. The one that is named '!' panics.
fn callback(name: char, inner: Vec<Kind>, log: &Log) -> Callback {
    let log = Rc::clone(log);
    Box::new(move |queues| {
        log.borrow_mut().push(name);
        queue(queues, inner, &log);
        assert!(name != '!', "on purpose");
    })
}

fn queued(all: Vec<Kind>) -> (Queues, Log) {
    let (mut queues, log) = (Queues::new(), Log::default());
    queue(&mut queues, all, &log);
    (queues, log)
}

fn order(cause: &str, all: Vec<Kind>, expected: &str) -> Outcome {
    let (mut queues, log) = queued(all);
    let ran = queues.drain(usize::MAX);
    equal(cause, &log.borrow().as_str(), &expected)?;
    equal("this many callbacks ran", &ran, &expected.len())
}

fn ticks_first() -> Outcome {
    order("nothing is queued", vec![], "")?;
    order("m, t, n, u; m and n are microtasks", vec![micro('m'), tick('t'), micro('n'), tick('u')], "tumn")
}

fn tick_in_tick() -> Outcome {
    let all = vec![micro('m'), Tick('t', vec![tick('v'), micro('n'), Tick('w', vec![tick('x')])]), tick('u')];
    order("m is queued first, as a microtask; t queues v, n and w", all, "tuvwxmn")
}

fn tick_in_microtask() -> Outcome {
    let all = vec![Micro('m', vec![tick('t'), micro('o')]), micro('n')];
    order("microtask m queues the tick t and the microtask o", all, "mnot")?;
    let all = vec![
        Micro('m', vec![Tick('t', vec![Micro('p', vec![tick('v')]), tick('u')]), Micro('o', vec![tick('w')])]),
        Tick('s', vec![micro('n')]),
    ];
    order("microtasks are m, n, o, p; ticks are s to w", all, "smnotwupv")
}

fn limit() -> Outcome {
    let (mut queues, log) = queued(vec![micro('m'), tick('t'), micro('n'), tick('u')]);
    let mut counts = Vec::new();
    for limit in [0, 1, 2, 5, 5] {
        counts.push(queues.drain(limit));
    }
    equal("limits of 0, 1, 2, 5 and 5 for four callbacks", &counts, &vec![0, 1, 2, 1, 0])?;
    equal("the order of all", &log.borrow().as_str(), &"tumn")
}

fn goes_on() -> Outcome {
    let (mut queues, log) = queued(vec![Micro('m', vec![tick('t'), micro('o')]), micro('n')]);
    for _ in 0..5 {
        queues.drain(1);
    }
    equal("one callback in each drain; m queues the tick t and the microtask o", &log.borrow().as_str(), &"mnot")?;
    let (mut queues, log) = queued(vec![Tick('s', vec![micro('m')]), tick('t')]);
    queues.drain(1);
    queues.next_tick(callback('u', vec![], &log));
    queues.drain(usize::MAX);
    equal("the tick u is queued between two drains", &log.borrow().as_str(), &"stum")
}

fn panics() -> Outcome {
    for all in [vec![tick('t'), tick('!'), tick('u'), micro('m')], vec![micro('m'), micro('!'), micro('n'), micro('o')]]
    {
        let (mut queues, log) = queued(all);
        let panicked = catch_unwind(AssertUnwindSafe(|| queues.drain(usize::MAX))).is_err();
        ensure(panicked, "the second callback panics", "the panic leaves drain", "drain returned")?;
        equal("the drain that panicked", &log.borrow().chars().nth(1), &Some('!'))?;
        equal("the next drain", &queues.drain(usize::MAX), &2)?;
    }
    Ok(())
}

fn deep() -> Outcome {
    fn next(queues: &mut Queues, left: u32, count: Rc<Cell<u32>>) {
        count.set(count.get() + 1);
        match left {
            0 => {}
            _ if left.is_multiple_of(2) => queues.next_tick(move |queues| next(queues, left - 1, count)),
            _ => queues.queue_microtask(move |queues| next(queues, left - 1, count)),
        }
    }
    let (mut queues, count) = (Queues::new(), Rc::new(Cell::new(0)));
    let counted = Rc::clone(&count);
    queues.next_tick(move |queues| next(queues, 999_999, counted));
    queues.drain(usize::MAX);
    equal("each callback queues the next, a tick or a microtask in turn", &count.get(), &1_000_000)
}
