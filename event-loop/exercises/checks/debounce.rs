//! The checks of the exercise `debounce`.

use std::cell::{Cell, RefCell};
use std::process::ExitCode;
use std::rc::Rc;

use answer::{Timers, debounce};
use harness::{Check, Outcome, equal};

#[forbid(unsafe_code)]
#[path = "../debounce.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "one call runs the callback once, when the wait is over",
        hint: "the first call only sets a timer; the callback runs in it",
        more: "the closure for set_timeout owns the value and a clone of the Rc that holds the callback",
        run: one_call,
    },
    Check {
        name: "of a burst only the last value comes",
        hint: "clear the timer of the earlier call before you set the next",
        more: "keep the number of the pending timer in a Cell that all calls share",
        run: burst,
    },
    Check {
        name: "every call begins the wait again",
        hint: "as long as calls come sooner than the wait ends, nothing runs",
        more: "set a new timer with the whole wait in each call; that the old one was first does not matter",
        run: wait_again,
    },
    Check {
        name: "after the callback a new burst begins",
        hint: "the state must be as it was at the start once the callback has run",
        more: "set the Cell back to None when the timer fires",
        run: two_bursts,
    },
    Check {
        name: "there is never more than one timer",
        hint: "a timer that finds out in the end that it came too late was still there all the time",
        more: "clear_timeout(earlier) before set_timeout",
        run: one_timer,
    },
    Check {
        name: "a timer that has fired is not cleared",
        hint: "its number may be somebody else's by now",
        more: "forget the number in the timer's callback, before your own callback runs",
        run: not_cleared,
    },
    Check {
        name: "the callback may call the debounced function",
        hint: "no RefCell may be borrowed, and no state be half changed, while the callback runs",
        more: "first forget the number, then call the callback",
        run: called_inside,
    },
    Check {
        name: "two debounced functions do not disturb each other",
        hint: "each debounced function has its own state",
        more: "no static and no thread_local: the state is made in debounce and moved into the closure",
        run: two_functions,
    },
];

fn main() -> ExitCode {
    harness::run("event-loop debounce", CHECKS)
}

struct Pending {
    due: u64,
    number: u64,
    callback: Box<dyn FnOnce()>,
}

/// Timers over a clock that only moves when it is told to.
#[derive(Default)]
struct Clock {
    now: Cell<u64>,
    pending: RefCell<Vec<Pending>>,
    most: Cell<usize>,
    strays: Cell<u32>,
}

impl Timers for Clock {
    fn set_timeout(&self, ms: u64, callback: Box<dyn FnOnce()>) -> u64 {
        let mut pending = self.pending.borrow_mut();
        let free = |number: &u64| pending.iter().all(|timer| timer.number != *number);
        let number = (1..).find(free).unwrap_or_default();
        pending.push(Pending { due: self.now.get() + ms, number, callback });
        self.most.set(self.most.get().max(pending.len()));
        number
    }

    fn clear_timeout(&self, number: u64) {
        let mut pending = self.pending.borrow_mut();
        let before = pending.len();
        pending.retain(|timer| timer.number != number);
        if pending.len() == before {
            self.strays.set(self.strays.get() + 1);
        }
    }
}

impl Clock {
    /// Moves on to a time and runs what is due until then.
    fn until(&self, time: u64) {
        while let Some(timer) = self.next_due(time) {
            self.now.set(timer.due);
            (timer.callback)();
        }
        self.now.set(time);
    }

    fn next_due(&self, time: u64) -> Option<Pending> {
        let mut pending = self.pending.borrow_mut();
        let due = (0..pending.len()).filter(|n| pending[*n].due <= time);
        due.min_by_key(|n| pending[*n].due).map(|n| pending.remove(n))
    }
}

type Seen = Rc<RefCell<Vec<(u64, char)>>>;

type Function<T> = Box<dyn Fn(T)>;

/// A clock, a function debounced by 10 ms, and where its callback writes the time and the value.
fn debounced() -> (Rc<Clock>, Function<char>, Seen) {
    let clock = Rc::new(Clock::default());
    let seen = Seen::default();
    let (time, log) = (Rc::clone(&clock), Rc::clone(&seen));
    let function = debounce(Rc::clone(&clock) as Rc<dyn Timers>, 10, move |value| {
        log.borrow_mut().push((time.now.get(), value));
    });
    (clock, function, seen)
}

fn one_call() -> Outcome {
    let (clock, function, seen) = debounced();
    function('a');
    equal("right after the call", &*seen.borrow(), &vec![])?;
    clock.until(9);
    equal("after 9 of 10 ms", &*seen.borrow(), &vec![])?;
    clock.until(100);
    equal("long after it: (time, value)", &*seen.borrow(), &vec![(10, 'a')])
}

fn burst() -> Outcome {
    let (clock, function, seen) = debounced();
    for value in 'a'..='e' {
        function(value);
    }
    clock.until(100);
    equal("five calls at the time 0: (time, value)", &*seen.borrow(), &vec![(10, 'e')])
}

fn wait_again() -> Outcome {
    let (clock, function, seen) = debounced();
    for (n, value) in ('a'..='e').enumerate() {
        clock.until(9 * n as u64);
        function(value);
    }
    equal("five calls, one every 9 ms", &*seen.borrow(), &vec![])?;
    clock.until(100);
    equal("the last call was at 36 ms: (time, value)", &*seen.borrow(), &vec![(46, 'e')])
}

fn two_bursts() -> Outcome {
    let (clock, function, seen) = debounced();
    for (time, value) in [(0, 'a'), (5, 'b'), (50, 'c'), (55, 'd')] {
        clock.until(time);
        function(value);
    }
    clock.until(100);
    equal("calls at 0, 5, 50 and 55 ms: (time, value)", &*seen.borrow(), &vec![(15, 'b'), (65, 'd')])
}

fn one_timer() -> Outcome {
    let (clock, function, seen) = debounced();
    for _ in 0..1000 {
        function('a');
    }
    equal("after 1000 calls, this many timers were pending at once", &clock.most.get(), &1)?;
    clock.until(100);
    equal("afterwards: (time, value)", &*seen.borrow(), &vec![(10, 'a')])
}

fn not_cleared() -> Outcome {
    let (clock, function, seen) = debounced();
    function('a');
    clock.until(20);
    let other = Rc::clone(&seen);
    clock.set_timeout(10, Box::new(move || other.borrow_mut().push((30, '!')))); // it gets the number of the fired timer
    function('b');
    clock.until(100);
    equal("somebody else's timer at 30 ms is '!'", &*seen.borrow(), &vec![(10, 'a'), (30, '!'), (30, 'b')])?;
    equal("this many timers were cleared that were not pending", &clock.strays.get(), &0)
}

fn called_inside() -> Outcome {
    let clock = Rc::new(Clock::default());
    let again: Rc<RefCell<Option<Function<u32>>>> = Rc::default();
    let seen: Rc<RefCell<Vec<(u64, u32)>>> = Rc::default();
    let (time, log, inner) = (Rc::clone(&clock), Rc::clone(&seen), Rc::clone(&again));
    let function = debounce(Rc::clone(&clock) as Rc<dyn Timers>, 10, move |left: u32| {
        log.borrow_mut().push((time.now.get(), left));
        if let (Some(function), true) = (&*inner.borrow(), left > 0) {
            function(left - 1);
        }
    });
    function(2);
    *again.borrow_mut() = Some(function);
    clock.until(100);
    equal("it calls itself two times more: (time, value)", &*seen.borrow(), &vec![(10, 2), (20, 1), (30, 0)])?;
    equal("this many timers were cleared that were not pending", &clock.strays.get(), &0)
}

fn two_functions() -> Outcome {
    let clock = Rc::new(Clock::default());
    let seen = Seen::default();
    let functions = [10, 20].map(|ms| {
        let (time, log) = (Rc::clone(&clock), Rc::clone(&seen));
        debounce(Rc::clone(&clock) as Rc<dyn Timers>, ms, move |value| log.borrow_mut().push((time.now.get(), value)))
    });
    functions[0]('a');
    functions[1]('b');
    clock.until(100);
    equal("one waits 10 ms, the other 20: (time, value)", &*seen.borrow(), &vec![(10, 'a'), (20, 'b')])
}
