//! A thread cannot be stopped from outside: it has to look at a flag. One that does not runs, and costs, on.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::child;
use crate::fault::Fault;

/// Starts a thread that works until a flag is set, sets it once some work was done, and joins the thread; how long it
/// took to stop.
///
/// # Errors
/// Those of starting a thread.
pub fn cooperative() -> io::Result<Duration> {
    let (stop, steps) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let thread = thread::Builder::new().spawn({
        let (stop, steps) = (Arc::clone(&stop), Arc::clone(&steps));
        move || {
            while !stop.load(Relaxed) {
                steps.fetch_add(1, Relaxed);
            }
        }
    })?;
    while steps.load(Relaxed) == 0 {
        thread::yield_now();
    }
    let asked = Instant::now();
    stop.store(true, Relaxed);
    thread.join().map_err(|_| io::Error::other("the working thread panicked"))?;
    Ok(asked.elapsed())
}

/// What an endless loop in a thread costs, and what ends it.
#[derive(Debug, Clone, Copy)]
pub struct Endless {
    /// Processor time that the process had used when nobody could stop the thread, at least.
    pub burnt: Duration,
    /// From `SIGKILL` to the process until it was gone, thread and all.
    pub killed_after: Duration,
}

/// Starts a process with a thread that loops for ever, lets it burn `budget` of processor time, and kills the process.
/// `program` is this chapter's executable.
///
/// # Errors
/// Those of starting `program`, and of reading `/proc`.
pub fn endless(program: &Path, budget: Duration) -> io::Result<Endless> {
    let mut command = child::command(program, "looping");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let burnt = (|| {
        BufReader::new(child.stdout.take().expect("is a pipe")).read_line(&mut String::new())?;
        loop {
            match cpu_time(&child.id().to_string())? {
                burnt if burnt >= budget => return Ok(burnt),
                _ => thread::yield_now(),
            }
        }
    })();
    let asked = Instant::now();
    child.kill()?;
    child.wait()?;
    burnt.map(|burnt| Endless { burnt, killed_after: asked.elapsed() })
}

/// Processor time so far of a process (`task` is its pid) or of a thread of ours (`self/task/TID`), in the kernel's
/// steps of 10 ms (proc(5)).
pub(crate) fn cpu_time(task: &str) -> io::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{task}/stat"))?;
    let fields = stat.rsplit_once(") ").map(|(_, rest)| rest.split(' ').skip(11).take(2));
    let ticks = fields.into_iter().flatten().filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>();
    Ok(Duration::from_millis(10 * ticks))
}

/// The looping side: a thread that nobody stops, and a main thread that waits for it.
pub(crate) fn looping() -> ExitCode {
    let thread = thread::spawn(|| Fault::EndlessLoop.commit());
    println!("looping");
    let _ = thread.join(); // it never ends
    ExitCode::SUCCESS
}

/// Shows a thread that looks, and one that does not.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let stopped = cooperative()?;
    writeln!(out, "  a thread that looks at a flag stopped after {:.2} ms", ms(stopped))?;
    let budget = Duration::from_millis(100);
    let endless = endless(program, budget)?;
    writeln!(out, "  one that does not had burnt {:.0} ms of a processor when", ms(endless.burnt))?;
    writeln!(out, "  its process was killed: gone {:.1} ms later", ms(endless.killed_after))?;
    ensure!(endless.burnt >= budget, "the endless loop burnt only {:?}", endless.burnt);
    writeln!(out, "  There is no kill for a thread; there is one for a process.")?;
    Ok(())
}
