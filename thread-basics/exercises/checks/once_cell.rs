//! The checks of the exercise `once_cell`.

use std::panic;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::unistd::{Pid, gettid};

use answer::OnceCell;
use harness::watch::{Watcher, falls_asleep};
use harness::{Check, Failure, Outcome, ensure, equal, failure, look};

#[forbid(unsafe_code)]
#[path = "../once_cell.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "a single thread gets the value that it made, and keeps it",
        hint: "get is None before, and the value afterwards; a second initialiser is not called",
        more: "keep an Arc in the state, and return clones of it",
        run: one_thread,
    },
    Check {
        name: "the initialiser runs once, however many threads ask",
        hint: "between `it is empty` and `I make it` no other thread may come: set `running` under the same lock",
        more: "if two threads find the cell empty before one has said that it runs, both run",
        run: once,
    },
    Check {
        name: "the others sleep while it runs",
        hint: "let a condition variable put them to sleep until the state is no longer `running`",
        more: "yield_now, spin_loop or a short sleep in a loop polls; Condvar::wait_while sleeps",
        run: others_sleep,
    },
    Check {
        name: "get never waits",
        hint: "the lock must be free while the initialiser runs",
        more: "set the state to `running`, drop the guard, call the initialiser, lock again",
        run: get_does_not_wait,
    },
    Check {
        name: "after an error the cell is empty, and a thread that waited makes its own value",
        hint: "set the state back to `empty` after an error, and wake the threads that wait",
        more: "a thread that was woken must look at the state again: it may be empty, running or ready",
        run: after_an_error,
    },
    Check {
        name: "after a panic the cell is empty, and a thread that waited makes its own value",
        hint: "a panic skips the lines after the call of the initialiser, so the state remains `running`",
        more: "a guard whose Drop sets the state back and notifies runs in any case; so does the code after catch_unwind",
        run: after_a_panic,
    },
];

fn main() -> ExitCode {
    harness::run("thread-basics once_cell", CHECKS)
}

fn one_thread() -> Outcome {
    let cell = OnceCell::empty();
    equal("get before the value was made", &cell.get().as_deref().copied(), &None)?;
    let made = cell.get_or_try_init(|| Ok::<u32, &str>(7));
    equal("the initialiser returned Ok(7)", &made.as_deref().copied(), &Ok(7))?;
    equal("get afterwards", &cell.get().as_deref().copied(), &Some(7))?;
    let again = cell.get_or_try_init(|| Err("a second initialiser was called"));
    equal("a second call, with another initialiser", &again.as_deref().copied(), &Ok(7))
}

/// The initialiser takes until the other threads sleep or run it, too.
fn once() -> Outcome {
    const THREADS: usize = 6;
    let cell = OnceCell::empty();
    let runs = AtomicUsize::new(0);
    let ids: [AtomicI32; THREADS] = Default::default();
    let init = || {
        runs.fetch_add(1, SeqCst);
        let sleeps = |id: i32| id != 0 && look::state(Pid::from_raw(id)) == Some('S');
        let others_sleep = || ids.iter().filter(|id| sleeps(id.load(SeqCst))).count() == THREADS - 1;
        look::wait_until(|| runs.load(SeqCst) > 1 || others_sleep());
        Ok::<usize, &str>(runs.load(SeqCst))
    };
    let values: Vec<_> = thread::scope(|scope| {
        let call = |n: usize| {
            ids[n].store(gettid().as_raw(), SeqCst);
            cell.get_or_try_init(init)
        };
        let handles: Vec<_> = (0..THREADS).map(|n| scope.spawn(move || call(n))).collect();
        handles.into_iter().filter_map(|handle| handle.join().ok()?.ok()).collect()
    });
    equal("6 threads asked at the same time: how often the initialiser ran", &runs.load(SeqCst), &1)?;
    equal("how many of them got a value", &values.len(), &THREADS)?;
    let same = values.iter().all(|value| Arc::ptr_eq(value, &values[0]));
    ensure(same, "the values that the threads got", "clones of one Arc", "different ones")
}

/// The initialiser takes until the watcher has its result.
fn others_sleep() -> Outcome {
    let watcher = Watcher::fork()?;
    let cell = OnceCell::empty();
    let cell = &cell;
    let (begun_tx, begun_rx) = mpsc::channel();
    let asleep = thread::scope(|scope| {
        let first = scope.spawn(move || {
            cell.get_or_try_init(|| {
                let _ = begun_tx.send(());
                Ok::<bool, &str>(watcher.all_asleep())
            })
        });
        let _ = begun_rx.recv();
        for _ in 0..3 {
            scope.spawn(|| cell.get_or_try_init(|| Err("a second initialiser was called")));
        }
        first.join().is_ok_and(|value| value.as_deref() == Ok(&true))
    });
    ensure(asleep, "three threads wait for the initialiser of a fourth", "asleep in one system call", "awake")
}

/// Asks from another thread while the initialiser runs.
fn get_does_not_wait() -> Outcome {
    let cell = Arc::new(OnceCell::empty());
    let (result_tx, result_rx) = mpsc::channel();
    let asking = Arc::clone(&cell);
    let found_nothing = cell.get_or_try_init(|| {
        thread::spawn(move || result_tx.send(asking.get().is_none()));
        result_rx.recv_timeout(Duration::from_secs(3))
    });
    match found_nothing.as_deref() {
        Ok(found_nothing) => equal("get returned None while the initialiser ran", found_nothing, &true),
        Err(_) => Err(failure("get did not return while the initialiser ran: it waited for it")),
    }
}

fn after_an_error() -> Outcome {
    let [first, second] = second_chance(|| Err("no table"))?;
    equal("the initialiser failed: what its caller got", &first, &"Err(\"no table\")".to_owned())?;
    equal("what the thread got that waited, whose initialiser returns 8", &second, &"Ok(8)".to_owned())
}

fn after_a_panic() -> Outcome {
    let [first, second] = second_chance(|| panic::resume_unwind(Box::new("broken")))?;
    equal("the initialiser panicked: what its caller got", &first, &"a panic".to_owned())?;
    equal("what the thread got that waited, whose initialiser returns 8", &second, &"Ok(8)".to_owned())
}

/// A thread fails to make a value once another one waits for it. What both got.
fn second_chance(fail: impl FnOnce() -> Result<u32, &'static str> + Send + 'static) -> Result<[String; 2], Failure> {
    let cell = Arc::new(OnceCell::empty());
    let (begun_tx, begun_rx) = mpsc::channel();
    let (waiting_tx, waiting_rx) = mpsc::channel();
    let (second_tx, second_rx) = mpsc::channel();
    let failing = Arc::clone(&cell);
    let first = thread::spawn(move || {
        let value = failing.get_or_try_init(|| {
            let _ = begun_tx.send(());
            if let Ok(waiting) = waiting_rx.recv() {
                falls_asleep(waiting);
            }
            fail()
        });
        format!("{value:?}")
    });
    let _ = begun_rx.recv();
    thread::spawn(move || {
        let _ = waiting_tx.send(gettid());
        let value = cell.get_or_try_init(|| Ok::<u32, &str>(8));
        let _ = second_tx.send(format!("{value:?}"));
    });
    let second = second_rx.recv_timeout(Duration::from_secs(6));
    let second = second.map_err(|_| failure("the thread that waited sleeps on, or has panicked"))?;
    Ok([first.join().unwrap_or_else(|_| "a panic".to_owned()), second])
}
