//! Memory is shared: what one thread writes, the others see. So two writers can undo each other's work.

use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use anyhow::ensure;

/// What the canary was when it was set, before the thread was made.
pub const BEFORE: u64 = 1;
/// What the thread writes into it.
pub const WRITTEN: u64 = 2;

/// What each side read after the thread's write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The canary, read back by the thread that was started.
    pub thread: u64,
    /// The canary, read by the starting thread once the other has ended.
    pub starter: u64,
}

/// Starts a thread that writes [`WRITTEN`] into a canary if `writes`, and tells what each side reads afterwards.
///
/// # Errors
/// `WouldBlock` at a limit of threads (`EAGAIN`, pthread_create(3)).
pub fn write_in_thread(writes: bool) -> io::Result<Seen> {
    let canary = Arc::new(AtomicU64::new(BEFORE));
    let same = Arc::clone(&canary); // a second owner of the same number, not a second number
    let writer = thread::Builder::new().spawn(move || {
        if writes {
            same.store(WRITTEN, SeqCst);
        }
        same.load(SeqCst)
    })?;
    let read_back = writer.join().expect("the writer does not panic");
    Ok(Seen { thread: read_back, starter: canary.load(SeqCst) })
}

/// How many threads count in the functions below, the caller among them; each adds 1 in every round.
pub const COUNTERS: u64 = 2;

/// Loads and stores apart. A barrier between them forces what luck would do now and then: both threads load the same
/// value, so one of the two additions is lost, in every round. No undefined behaviour: each access is atomic, only
/// the addition is not.
///
/// # Errors
/// `WouldBlock` at a limit of threads (`EAGAIN`, pthread_create(3)); so for the three below.
pub fn count_with_load_and_store(rounds: u64) -> io::Result<u64> {
    let counter = AtomicU64::new(0);
    let both_loaded = Barrier::new(COUNTERS as usize);
    in_two_threads(rounds, || {
        let seen = counter.load(SeqCst);
        both_loaded.wait();
        counter.store(seen + 1, SeqCst);
    })?;
    Ok(counter.into_inner())
}

/// The cure in one instruction: load, add and store as one step that nobody can come between.
pub fn count_with_fetch_add(rounds: u64) -> io::Result<u64> {
    let counter = AtomicU64::new(0);
    in_two_threads(rounds, || _ = counter.fetch_add(1, SeqCst))?;
    Ok(counter.into_inner())
}

/// The cure for more than a number: whoever holds the lock is alone between its load and its store.
pub fn count_with_mutex(rounds: u64) -> io::Result<u64> {
    let counter = Mutex::new(0);
    in_two_threads(rounds, || *counter.lock().expect("no holder panics") += 1)?;
    Ok(counter.into_inner().expect("no holder panicked"))
}

/// The cure that shares nothing: each thread counts for itself, and what it counted is added up when it is joined.
pub fn count_apart(rounds: u64) -> io::Result<u64> {
    let count = move || (0..rounds).fold(0, |own, _| own + 1);
    let other = thread::Builder::new().spawn(count)?;
    Ok(count() + other.join().expect("counting does not panic"))
}

/// Runs `add` in this thread and in another, `rounds` times each; no round begins before both ended the last.
fn in_two_threads(rounds: u64, add: impl Fn() + Sync) -> io::Result<()> {
    let next_round = Barrier::new(COUNTERS as usize);
    let count = || {
        for _ in 0..rounds {
            add();
            next_round.wait();
        }
    };
    thread::scope(|scope| {
        thread::Builder::new().spawn_scoped(scope, count)?;
        count();
        Ok(())
    })
}

/// Shows a write that is seen, the control without one, the lost update, and three cures.
pub fn show(out: &mut dyn Write, _program: &Path) -> anyhow::Result<()> {
    writeln!(out, "  thread does   it reads   its starter reads")?;
    for (act, writes, expected) in [("nothing", false, BEFORE), ("writes 2", true, WRITTEN)] {
        let seen = write_in_thread(writes)?;
        writeln!(out, "  {act:<13} {:<10} {}", seen.thread, seen.starter)?;
        ensure!(seen == Seen { thread: expected, starter: expected }, "a thread that {act}: {seen:?}");
    }

    const ROUNDS: u64 = 1000;
    let expected = COUNTERS * ROUNDS;
    writeln!(out, "  {COUNTERS} threads add 1, {ROUNDS} times each: {expected} expected")?;
    let lost = count_with_load_and_store(ROUNDS)?;
    writeln!(out, "  load, then store  {lost:>5}   {} updates lost", expected - lost)?;
    ensure!(lost == ROUNDS, "one update of two is lost in each round, so {ROUNDS} remain, not {lost}");
    for (name, counted) in [
        ("fetch_add", count_with_fetch_add(ROUNDS)?),
        ("Mutex", count_with_mutex(ROUNDS)?),
        ("apart, then added", count_apart(ROUNDS)?),
    ] {
        writeln!(out, "  {name:<17} {counted:>5}")?;
        ensure!(counted == expected, "{name} counted {counted}");
    }
    writeln!(out, "  Sharing is free; agreeing on who writes when is not.")?;
    Ok(())
}
