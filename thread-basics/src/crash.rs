//! A thread goes wrong. A panic is its own end only; most other faults are everybody's.

use std::fmt;
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::panic;
use std::path::Path;
use std::process::{ExitCode, ExitStatus, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use anyhow::ensure;
use crossbeam_channel::bounded;
use nix::libc::{SIGABRT, SIGSEGV};
use nix::unistd::gettid;

use crate::child;
use crate::fault::Fault;
use crate::message::Echo;
use crate::stop::cpu_time;

/// How much processor time a victim may use before it is said to run on: a busy machine makes one slow, not endless.
pub const BUDGET: Duration = Duration::from_millis(200);

/// What became of the thread that went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Victim {
    /// It panicked; `join` gave the panic to its host as an error.
    Panicked,
    /// It runs on, and nobody can stop it: a thread has no safe `kill`.
    RunsOn,
    /// Its process ended, and every thread with it.
    TookAllDown,
}

impl fmt::Display for Victim {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(match self {
            Self::Panicked => "joined as an error",
            Self::RunsOn => "runs on",
            Self::TookAllDown => "took all down",
        })
    }
}

/// What was left after a fault in a thread.
#[derive(Debug, Clone, Copy)]
pub struct Aftermath {
    /// What became of the thread.
    pub victim: Victim,
    /// Another thread of the same process still answered afterwards.
    pub sibling_answers: bool,
    /// How the process ended that both lived in.
    pub host: ExitStatus,
}

impl Aftermath {
    /// Whether the process outlived the fault.
    pub fn host_survived(&self) -> bool {
        self.victim != Victim::TookAllDown
    }
}

/// Starts a process with two threads more, lets one commit `fault`, and looks at what is left. `program` is this
/// chapter's executable.
///
/// # Errors
/// Those of starting `program`; `InvalidData` when it did not report and end as the fault makes it.
pub fn in_thread(program: &Path, fault: Fault) -> io::Result<Aftermath> {
    let mut host = child::command(program, "host");
    host.env_remove("RUST_BACKTRACE"); // a panic is quicker told without
    let output = host.arg(fault.name()).stdin(Stdio::null()).stderr(Stdio::null()).output()?;
    let report = String::from_utf8_lossy(&output.stdout);
    let (victim, sibling) = match report.lines().collect::<Vec<_>>()[..] {
        ["committing"] => (Some(Victim::TookAllDown), "gone"),
        ["committing", "panicked", sibling] => (Some(Victim::Panicked), sibling),
        ["committing", "runs on", sibling] => (Some(Victim::RunsOn), sibling),
        _ => (None, ""),
    };
    let (expected, code, signal) = expected(fault);
    if (victim, output.status.code(), output.status.signal()) != (Some(expected), code, signal) {
        let why = format!("the host of a thread that commits '{fault}' ({}) reported {report:?}", output.status);
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    Ok(Aftermath { victim: expected, sibling_answers: sibling == "answers", host: output.status })
}

/// What becomes of a thread that commits the fault, and how its process ends: exit code or signal.
fn expected(fault: Fault) -> (Victim, Option<i32>, Option<i32>) {
    match fault {
        Fault::Panic => (Victim::Panicked, Some(0), None),
        Fault::EndlessLoop => (Victim::RunsOn, Some(0), None),
        Fault::Exit => (Victim::TookAllDown, Some(3), None),
        Fault::SegmentationFault => (Victim::TookAllDown, None, Some(SIGSEGV)),
        Fault::Abort | Fault::StackOverflow | Fault::OutOfMemory => (Victim::TookAllDown, None, Some(SIGABRT)),
    }
}

/// The host's side: two threads, a fault in one, and a line for each thing seen. A host that is taken down never gets
/// to its second line.
pub(crate) fn host(fault: &str) -> ExitCode {
    let reported = Fault::named(fault).is_some_and(|fault| report(fault).is_ok());
    if reported { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn report(fault: Fault) -> io::Result<()> {
    let sibling = Echo::start()?;
    sibling.round_trip(())?;
    let (tell, told) = bounded(1);
    let victim = thread::Builder::new().name("victim".to_owned()).spawn(move || {
        let _ = tell.send(gettid());
        println!("committing");
        fault.commit();
    })?;
    let task = told.recv().map(|tid| format!("self/task/{tid}")).map_err(io::Error::other)?;
    while !victim.is_finished() && cpu_time(&task).is_ok_and(|used| used < BUDGET) {
        thread::yield_now();
    }
    let what = match victim.is_finished().then(|| victim.join()) {
        None => "runs on",
        Some(Err(_panic)) => "panicked",
        Some(Ok(())) => "returned",
    };
    let answers = sibling.round_trip(()).is_ok();
    println!("{what}\n{}", if answers { "answers" } else { "silent" });
    Ok(())
}

/// Starts a thread that panics with a lock held; whether the lock tells the next who wants it.
///
/// # Errors
/// Those of starting a thread.
pub fn panic_with_lock() -> io::Result<bool> {
    let lock = Mutex::new(0);
    thread::scope(|scope| {
        let holder = thread::Builder::new().spawn_scoped(scope, || {
            let _half_done = lock.lock();
            panic::resume_unwind(Box::new("half way")); // a panic! without its message on standard error
        })?;
        let _panic = holder.join();
        Ok(lock.lock().is_err())
    })
}

/// Shows every fault in a thread, each in a process of its own.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    writeln!(out, "  fault      the victim           sibling   its process")?;
    for fault in Fault::ALL {
        let after = in_thread(program, fault)?;
        let sibling = if after.sibling_answers { "answers" } else { "gone" };
        writeln!(out, "  {fault:<10} {:<20} {sibling:<9} {}", after.victim, after.host)?;
        ensure!(after.sibling_answers == after.host_survived(), "after '{fault}' the sibling {sibling}");
    }
    let poisoned = panic_with_lock()?;
    writeln!(out, "  a panic with a lock held: the lock is {}", if poisoned { "poisoned" } else { "as before" })?;
    ensure!(poisoned, "a lock whose holder panicked is not poisoned");
    writeln!(out, "  A panic ends its own thread, and marks what it held. Else")?;
    writeln!(out, "  what ends, ends the process. What hangs cannot be killed.")?;
    Ok(())
}
