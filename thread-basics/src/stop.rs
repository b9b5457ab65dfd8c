//! Rust has no function that stops a thread from outside (C has pthread_cancel(3)): it has to look at a flag. A thread
//! that does not look runs on.

use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread;

use crate::cli::claim;
use crate::crash::{self, Victim};
use crate::support::fault::Fault;
use crate::support::own_program::OWN_PROGRAM;

/// Starts a thread that counts until a flag is set, sets the flag as soon as it has counted something, and joins the
/// thread: how far it had counted.
///
/// # Errors
/// Those of starting a thread.
pub fn cooperative() -> io::Result<u64> {
    let stop = AtomicBool::new(false);
    let steps = AtomicU64::new(0);
    thread::scope(|scope| {
        let worker = thread::Builder::new().spawn_scoped(scope, || {
            // Relaxed: each access is atomic, but says nothing about the order of accesses to other values. It suffices
            // here: the flag announces no other data, and `join` orders the last `load` of `steps` after the counting.
            while !stop.load(Relaxed) {
                steps.fetch_add(1, Relaxed);
            }
        })?;
        while steps.load(Relaxed) == 0 {
            thread::yield_now();
        }
        stop.store(true, Relaxed);
        worker.join().expect("counting does not panic");
        Ok(steps.load(Relaxed))
    })
}

/// Shows a thread that looks at a flag, and a thread that does not.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We want to stop two threads. One looks at a flag in every step: we set it and")?;
    writeln!(out, "  join it. The other runs an endless loop and looks at nothing; it is in another")?;
    writeln!(out, "  process, which ends when the loop has used {} ms of CPU time.", crash::BUDGET.as_millis())?;
    writeln!(out, "  Expected: the first thread returns. The second ends only with its process.")?;
    let steps = cooperative()?;
    writeln!(out, "    looks at a flag   returned after {steps} steps")?;
    claim(steps > 0, "the thread did not begin")?;
    let after = crash::in_thread(Path::new(OWN_PROGRAM), Fault::EndlessLoop)?;
    let end = after.victim.words();
    writeln!(out, "    never looks       {end}, until its process ends ({})", after.host)?;
    claim(after.victim == Victim::RunsOn, format!("the thread that never looks {end}"))?;
    writeln!(out, "  Rust has no function that kills a thread: work that may hang belongs in a")?;
    writeln!(out, "  process. In Node.js, worker.terminate() stops even an endless loop.")?;
    Ok(())
}
