//! A thread cannot be stopped from outside: it has to look at a flag. One that does not runs, and costs, on.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{ExitCode, Stdio};
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
    let (stop, steps) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        let worker = thread::Builder::new().spawn_scoped(scope, || {
            while !stop.load(Relaxed) {
                steps.fetch_add(1, Relaxed);
            }
        })?;
        while steps.load(Relaxed) == 0 {
            thread::yield_now();
        }
        let asked = Instant::now();
        stop.store(true, Relaxed);
        worker.join().expect("counting does not panic");
        Ok(asked.elapsed())
    })
}

/// Starts a process with a thread that loops for ever, lets it burn `budget` of processor time, and kills the process:
/// the time it had burnt, at least, and how long after `SIGKILL` it was gone, thread and all. `program` is this
/// chapter's executable.
///
/// # Errors
/// Those of starting `program`, and of reading `/proc`.
pub fn endless(program: &Path, budget: Duration) -> io::Result<(Duration, Duration)> {
    let mut child = child::command(program, "looping").stdin(Stdio::null()).spawn()?;
    let task = child.id().to_string();
    while cpu_time(&task).is_ok_and(|used| used < budget) && child.try_wait()?.is_none() {
        thread::yield_now();
    }
    let burnt = cpu_time(&task);
    let asked = Instant::now();
    child.kill()?;
    child.wait()?;
    Ok((burnt?, asked.elapsed()))
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
    let _never = thread::spawn(|| Fault::EndlessLoop.commit()).join();
    ExitCode::FAILURE
}

/// Shows a thread that looks, and one that does not.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let stopped = cooperative()?;
    writeln!(out, "  a thread that looks at a flag stopped after {:.2} ms", ms(stopped))?;
    let budget = Duration::from_millis(100);
    let (burnt, gone) = endless(program, budget)?;
    writeln!(out, "  one that does not had burnt {:.0} ms of a processor when", ms(burnt))?;
    writeln!(out, "  its process was killed: gone {:.1} ms later", ms(gone))?;
    ensure!(burnt >= budget, "the endless loop burnt only {burnt:?}");
    writeln!(out, "  There is no kill for a thread; there is one for a process.")?;
    Ok(())
}
