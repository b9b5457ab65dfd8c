//! A thread cannot be stopped from outside: it has to look at a flag. A thread that does not look runs on.

use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use nix::libc::SIGKILL;

use crate::cli::claim;
use crate::support::deadline::{DEADLINE, Guard, late, unexpected};
use crate::support::fault::Fault;
use crate::support::own_program::{OWN_PROGRAM, command};
use crate::support::task;

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

/// Starts a process with a thread that loops without an end, waits until it has used `budget` of CPU time, and kills
/// the process: the CPU time that the thread had used, and how the process ended. `program` is this chapter's executable.
///
/// # Errors
/// Those of starting `program` and of reading `/proc`; `InvalidData` when the process ends before it is killed;
/// `TimedOut` when it does not use its budget within [`DEADLINE`].
pub fn endless(program: &Path, budget: Duration) -> io::Result<(Duration, ExitStatus)> {
    let start = Instant::now();
    let mut child = Guard::start(&mut command(program, "loop"))?;
    loop {
        let used = task::look(&child.0.id().to_string())?.cpu;
        if used >= budget {
            child.0.kill()?;
            return Ok((used, child.0.wait()?));
        }
        if child.0.try_wait()?.is_some() {
            let (printed, status) = child.output()?;
            return Err(unexpected(&printed, status));
        }
        if start.elapsed() > DEADLINE {
            return Err(late());
        }
        thread::yield_now();
    }
}

/// The child: a thread that nobody can stop, and a main thread that waits for it.
pub(crate) fn host() -> io::Result<()> {
    let endless = thread::Builder::new().spawn(|| Fault::EndlessLoop.commit())?;
    endless.join().map_err(|_| io::Error::other("the endless loop panicked"))
}

/// Shows a thread that looks at a flag, and a thread that does not.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We stop two threads. One looks at a flag in every step: we set the flag and")?;
    writeln!(out, "  join it. The other, in a process that we can lose, loops and never looks.")?;
    writeln!(out, "  Expected: the first ends; the second runs until we kill its whole process.")?;
    let steps = cooperative()?;
    writeln!(out, "    looks at a flag    returned, and was joined, after {steps} steps")?;
    claim(steps > 0, "the thread did not begin")?;
    let (used, ended) = endless(Path::new(OWN_PROGRAM), Duration::from_millis(100))?;
    writeln!(out, "    never looks        had used {} ms of CPU time, and went on", used.as_millis())?;
    writeln!(out, "    its process        {ended}")?;
    claim(ended.signal() == Some(SIGKILL), format!("the process was not killed but ended with {ended}"))?;
    writeln!(out, "  Rust has no kill for a thread: work that may hang belongs in a process.")?;
    writeln!(out, "  In Node.js, worker.terminate() stops even an endless loop.")?;
    Ok(())
}
