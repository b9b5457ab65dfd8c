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
    let writer = thread::Builder::new().spawn(move || {
        if writes {
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
/// `WouldBlock` at a limit of threads (`EAGAIN`, pthread_create(3)); the same for the three functions below.
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

/// The cure without sharing: each thread has a counter, and the counters are added when the thread is joined.
pub fn count_apart(rounds: u64) -> io::Result<u64> {
    let count = move || (0..rounds).fold(0, |counter, _| counter + 1);
    let other = thread::Builder::new().spawn(count)?;
    Ok(count() + other.join().expect("counting does not panic"))
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
    thread::scope(|scope| {
        thread::Builder::new().spawn_scoped(scope, count)?;
        count();
        Ok(())
    })
}

/// Shows a write that is seen, a lost update, and three cures.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    const ROUNDS: u64 = 1000;
    const ALL: u64 = COUNTERS * ROUNDS;
    writeln!(out, "  A thread stores 2 in a number that was 1. Then two threads add 1 to a")?;
    writeln!(out, "  counter, {ROUNDS} times each, in four ways. In the first way a barrier makes")?;
    writeln!(out, "  both threads load the same value before one of them stores.")?;
    writeln!(out, "  Expected: the starter reads 2; the first way loses {ROUNDS} of {ALL} updates.")?;
    writeln!(out, "    the thread stores   its starter reads")?;
    for (stores, writes, expected) in [("nothing", false, BEFORE), ("2", true, WRITTEN)] {
        let seen = write_in_thread(writes)?;
        writeln!(out, "    {stores:<19} {}", seen.starter)?;
        claim(seen.starter == expected, format!("the thread stored {stores}, and its starter read {}", seen.starter))?;
    }
    writeln!(out, "    way to add          counter   updates lost")?;
    for (way, counted, expected) in [
        ("load, then store", count_with_load_and_store(ROUNDS)?, ALL - ROUNDS),
        ("fetch_add", count_with_fetch_add(ROUNDS)?, ALL),
        ("Mutex", count_with_mutex(ROUNDS)?, ALL),
        ("one counter each", count_apart(ROUNDS)?, ALL),
    ] {
        writeln!(out, "    {way:<19} {counted:<9} {}", ALL - counted)?;
        claim(counted == expected, format!("with '{way}' the counter is {counted}"))?;
    }
    writeln!(out, "  \"Threads share memory\" holds. Updates of one value have to exclude each other.")?;
    Ok(())
}
