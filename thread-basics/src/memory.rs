//! Memory is shared: what one thread writes, the others see. So two threads that update a value can lose an update.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use crate::cli::claim;

/// The value before the thread is started.
pub const BEFORE: u64 = 1;
/// What the thread stores.
pub const WRITTEN: u64 = 2;

/// What each of the two threads read after the write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// What the started thread read.
    pub thread: u64,
    /// What its starter read, after the thread had ended.
    pub starter: u64,
}

/// Starts a thread that stores [`WRITTEN`] in a shared value if `writes`, and returns what both threads then read.
///
/// # Errors
/// `WouldBlock` at a limit of threads (`EAGAIN`, pthread_create(3)).
pub fn write_in_thread(writes: bool) -> io::Result<Seen> {
    let value = Arc::new(AtomicU64::new(BEFORE));
    let same_value = Arc::clone(&value); // a second owner of the same number, not a second number
    // A Builder's `spawn` returns an error where thread::spawn would panic: see spawn.rs.
    let writer = thread::Builder::new().spawn(move || {
        if writes {
            // SeqCst: all threads agree on one order of all accesses that are SeqCst. No ordering is stricter, so it
            // suffices where any does. (Here `join` alone would order the two accesses.)
            same_value.store(WRITTEN, SeqCst);
        }
        same_value.load(SeqCst)
    })?;
    let read_by_thread = writer.join().expect("the writer does not panic");
    Ok(Seen { thread: read_by_thread, starter: value.load(SeqCst) })
}

/// How many threads count in the functions below, the caller included. Each adds 1 in every round.
pub const COUNTERS: u64 = 2;

/// Loads and stores in two steps. A barrier between them forces what would otherwise happen now and then: both threads
/// load the same value, so one of the two additions is lost in every round. This is not undefined behaviour: each
/// access is atomic, but the addition is not.
///
/// # Errors
/// `WouldBlock` at a limit of threads (`EAGAIN`, pthread_create(3)); the same for the two functions below.
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

/// The cure for a number: load, add and store are one step, and no other thread can come between.
pub fn count_with_fetch_add(rounds: u64) -> io::Result<u64> {
    let counter = AtomicU64::new(0);
    in_two_threads(rounds, || {
        counter.fetch_add(1, SeqCst);
    })?;
    Ok(counter.into_inner())
}

/// The cure for any value: only one thread at a time holds the lock, from its load to its store.
pub fn count_with_mutex(rounds: u64) -> io::Result<u64> {
    let counter = Mutex::new(0);
    in_two_threads(rounds, || *counter.lock().expect("no holder panics") += 1)?;
    Ok(counter.into_inner().expect("no holder panicked"))
}

/// Runs `add` in this thread and in another, `rounds` times each. No round begins before both have ended the last one.
fn in_two_threads(rounds: u64, add: impl Fn() + Sync) -> io::Result<()> {
    let next_round = Barrier::new(COUNTERS as usize);
    let count = || {
        for _ in 0..rounds {
            add();
            next_round.wait();
        }
    };
    // A scope joins its threads before it returns, so they may borrow `count`: see spawn.rs.
    thread::scope(|scope| {
        thread::Builder::new().spawn_scoped(scope, count)?;
        count();
        Ok(())
    })
}

/// Shows a write that is seen, lost updates, and two cures.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    const ROUNDS: u64 = 1000;
    const ALL: u64 = COUNTERS * ROUNDS;
    writeln!(out, "  A thread stores 2 in a number that was 1. Then two threads add 1 to a")?;
    writeln!(out, "  counter, {ROUNDS} times each, in three ways. In the first a barrier makes")?;
    writeln!(out, "  both threads load the same value before one of them stores.")?;
    writeln!(out, "  Expected: the starter reads 2; the first way loses {ROUNDS} of {ALL} updates.")?;
    let seen = write_in_thread(true)?.starter;
    writeln!(out, "    after the thread stored 2, its starter reads {seen}")?;
    claim(seen == WRITTEN, format!("the thread stored {WRITTEN}, and its starter read {seen}"))?;
    writeln!(out, "    way to add          counter   updates lost")?;
    for (way, counted, expected) in [
        ("load, then store", count_with_load_and_store(ROUNDS)?, ALL - ROUNDS),
        ("fetch_add", count_with_fetch_add(ROUNDS)?, ALL),
        ("Mutex", count_with_mutex(ROUNDS)?, ALL),
    ] {
        writeln!(out, "    {way:<19} {counted:<9} {}", ALL - counted)?;
        claim(counted == expected, format!("with '{way}' the counter is {counted}"))?;
    }
    writeln!(out, "  \"Shared memory\" in the document holds. If two threads update one value, they")?;
    writeln!(out, "  need an operation in one step (fetch_add) or a lock (Mutex).")?;
    Ok(())
}
