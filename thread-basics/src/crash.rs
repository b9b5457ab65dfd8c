//! A thread fails. A panic ends only its thread; most other faults end the whole process.

use std::io::{self, Write};
use std::panic;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

use nix::unistd::gettid;

use crate::cli::claim;
use crate::support::deadline::{self, DEADLINE, unexpected};
use crate::support::fault::{BEGUN, Fault};
use crate::support::own_program::{OWN_PROGRAM, command};
use crate::support::task;
use crate::worker::{Port, Worker};

/// How much CPU time a victim may use before it is said to run on. Time on a clock would not do: on a busy machine it
/// passes without the victim.
pub const BUDGET: Duration = Duration::from_millis(200);

/// What happened to the thread that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Victim {
    /// It returned, as if there had been no fault.
    Returned,
    /// It panicked; `join` returned the panic as an error.
    Panicked,
    /// It runs on, and Rust has no function that stops it.
    RunsOn,
    /// Its process ended, and with it every other thread.
    EndedAll,
}

impl Victim {
    /// In words. The child reports them, too.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Returned => "returned",
            Self::Panicked => "panicked",
            Self::RunsOn => "runs on",
            Self::EndedAll => "ended with its process",
        }
    }
}

/// What was seen after a fault in a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aftermath {
    /// What happened to the thread.
    pub victim: Victim,
    /// Another thread of the same process answered a message afterwards.
    pub sibling_answers: bool,
    /// How the process ended that both threads were in.
    pub host: ExitStatus,
}

impl Aftermath {
    /// Whether the process went on after the fault.
    pub fn host_survived(&self) -> bool {
        self.victim != Victim::EndedAll
    }
}

const ANSWERS: &str = "answers";
const GONE: &str = "gone";

/// Starts a process with two more threads, makes one of them commit `fault`, and reports what was seen. `program` is
/// this chapter's executable.
///
/// # Errors
/// Those of starting `program`; `InvalidData` when the fault was not begun or the report is not complete; `TimedOut`
/// when the process does not end within [`DEADLINE`].
pub fn in_thread(program: &Path, fault: Fault) -> io::Result<Aftermath> {
    let (printed, host) = deadline::run(command(program, "crash").arg(fault.name()), DEADLINE)?;
    read_report(&printed, host).ok_or_else(|| unexpected(&printed, host))
}

/// What the child's lines say; `None` when the fault was not begun, or a line is missing. A child that ended by the
/// fault prints no line after [`BEGUN`].
fn read_report(printed: &str, host: ExitStatus) -> Option<Aftermath> {
    let mut lines = printed.lines();
    if lines.next() != Some(BEGUN) {
        return None;
    }
    let Some(words) = lines.next() else {
        return Some(Aftermath { victim: Victim::EndedAll, sibling_answers: false, host });
    };
    let reported = [Victim::Returned, Victim::Panicked, Victim::RunsOn];
    let victim = reported.into_iter().find(|victim| victim.words() == words)?;
    Some(Aftermath { victim, sibling_answers: lines.next()? == ANSWERS, host })
}

/// The child: a sibling, a victim, and one line for each, if the fault did not end this process.
pub(crate) fn host(fault: &str) -> io::Result<()> {
    let fault = Fault::named(fault).ok_or_else(|| io::Error::other(format!("no fault is named '{fault}'")))?;
    let sibling = Worker::start("sibling", (), |(), port: Port<(), ()>| {
        while let Some(question) = port.receive() {
            port.post(question);
        }
    })?;
    let (tid_tx, tid_rx) = mpsc::channel();
    let victim = thread::Builder::new().spawn(move || {
        let _ = tid_tx.send(gettid());
        fault.announce_and_commit();
    })?;
    let victim_task = tid_rx.recv().map(|tid| format!("self/task/{tid}")).map_err(io::Error::other)?;
    while !victim.is_finished() && task::look(&victim_task).is_ok_and(|now| now.cpu < BUDGET) {
        thread::yield_now();
    }
    let end = match victim.is_finished().then(|| victim.join()) {
        None => Victim::RunsOn,
        Some(Ok(())) => Victim::Returned,
        Some(Err(_panic)) => Victim::Panicked,
    };
    sibling.post(());
    let answer = if sibling.receive().is_some() { ANSWERS } else { GONE };
    println!("{}\n{answer}", end.words());
    Ok(())
}

/// Starts a thread that panics while it holds a lock: whether the lock is then poisoned, which is an error for the next
/// thread that takes it.
///
/// # Errors
/// Those of starting a thread.
pub fn panic_with_lock() -> io::Result<bool> {
    let lock = Mutex::new(0);
    thread::scope(|scope| {
        let holder = thread::Builder::new().spawn_scoped(scope, || {
            let _guard = lock.lock();
            panic::resume_unwind(Box::new("half way")); // a panic! that prints nothing on standard error
        })?;
        let _panic = holder.join();
        Ok(lock.is_poisoned())
    })
}

/// Shows every fault, each in a thread of another process.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We commit each fault in a thread of another process, and ask a second thread")?;
    writeln!(out, "  of that process for an answer. (A panic is Rust's throw.)")?;
    writeln!(out, "  Expected: only a panic and an endless loop leave the other thread alive.")?;
    writeln!(out, "    fault           its thread               other     its process")?;
    for fault in Fault::ALL {
        let after = in_thread(Path::new(OWN_PROGRAM), fault)?;
        let victim = after.victim.words();
        let sibling = if after.sibling_answers { ANSWERS } else { GONE };
        writeln!(out, "    {fault:<15} {victim:<24} {sibling:<9} {}", after.host)?;
        let expected = match fault {
            Fault::Panic => (Victim::Panicked, true),
            Fault::EndlessLoop => (Victim::RunsOn, true),
            _ => (Victim::EndedAll, false),
        };
        let seen = (after.victim, after.sibling_answers);
        claim(seen == expected, format!("after '{fault}' the thread {victim}, the other: {sibling}"))?;
    }
    let poisoned = panic_with_lock()?;
    claim(poisoned, "a lock whose holder panicked is not poisoned")?;
    writeln!(out, "  A lock held during a panic was poisoned: the next thread gets an error.")?;
    writeln!(out, "  \"Thread crash can affect others\" holds for every fault that ends its process.")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reported_is_what_was_seen_and_not_what_was_expected() {
        let read = |lines: &str| read_report(&format!("{BEGUN}\n{lines}"), ExitStatus::default());
        let seen = |lines: &str| read(lines).map(|after| (after.victim, after.sibling_answers));
        assert_eq!(seen("returned\nanswers\n"), Some((Victim::Returned, true)));
        assert_eq!(seen("panicked\ngone\n"), Some((Victim::Panicked, false)));
        assert_eq!(seen(""), Some((Victim::EndedAll, false)));
        assert_eq!(seen("panicked\n"), None);
        assert_eq!(seen("danced\nanswers\n"), None);
    }
}
