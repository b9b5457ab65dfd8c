//! A child goes wrong. Its parent and its sibling go on.

use std::io::{self, Write};
use std::path::Path;
use std::process::{self, ExitCode, Stdio};
use std::time::Duration;

use anyhow::ensure;
use nix::sys::signal::Signal;

use crate::child::{self, Guard};
use crate::echo::Echo;
use crate::fault::Fault;
use crate::footprint::cpu_time;
use crate::pidfd::wait_at_most;
use crate::spawn::End;

/// How much processor time a victim may use before it is killed: a busy machine makes one slow, not endless.
pub const BUDGET: Duration = Duration::from_millis(200);

/// What was left after a fault in a child process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aftermath {
    /// How the victim ended.
    pub victim: End,
    /// It had to be killed: the fault alone did not end it within its [`BUDGET`].
    pub killed: bool,
    /// The victim's sibling, another child, still answered afterwards.
    pub sibling_answers: bool,
}

/// Starts two children, lets one commit `fault`, and looks at what is left. That this returns shows that the parent
/// survived.
///
/// # Errors
/// Those of starting `program` and of waiting; `Other` when the victim did not end as by its fault: then the fault was
/// not what was seen.
pub fn in_child(program: &Path, fault: Fault) -> io::Result<Aftermath> {
    let mut sibling = Echo::start(program, 1)?;
    if !sibling.answers() {
        return Err(io::Error::other("the sibling did not answer before the fault"));
    }
    let mut victim = child::command(program, "fault");
    victim.env_remove("RUST_BACKTRACE"); // a panic is quicker told without
    victim.arg(fault.name()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut victim = Guard::from(victim.spawn()?);
    let mut ended = None;
    while ended.is_none() && cpu_time(victim.id() as i32)? < BUDGET {
        ended = wait_at_most(&mut victim, Duration::from_millis(10))?;
    }
    let killed = ended.is_none();
    if killed {
        victim.kill()?;
    }
    let victim = ended.map_or_else(|| victim.wait().map(End::from), Ok)?;
    if victim != expected(fault) {
        return Err(io::Error::other(format!("a child that should commit '{fault}' {victim} instead")));
    }
    Ok(Aftermath { victim, killed, sibling_answers: sibling.answers() })
}

/// The victim's side: commits the fault that is named. One that returns from its fault ends with code 0.
pub(crate) fn victim(name: &str) -> ExitCode {
    let Some(fault) = Fault::named(name) else {
        eprintln!("victim: no fault is named '{name}'");
        return ExitCode::from(2);
    };
    fault.commit();
    ExitCode::SUCCESS
}

/// Shows every fault in a child.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    writeln!(out, "  fault      the victim                    sibling")?;
    for fault in Fault::ALL {
        let after = in_child(program, fault)?;
        let sibling = if after.sibling_answers { "answers" } else { "silent" };
        let end = format!("{}{}", after.victim, if after.killed { ", by us" } else { "" });
        writeln!(out, "  {fault:<10} {end:<29} {sibling}")?;
        ensure!(after.sibling_answers, "the sibling of the victim of '{fault}' no longer answers");
    }
    writeln!(out, "  Each line is the parent's, process {}: only the", process::id())?;
    writeln!(out, "  victim ended. One that hangs can be killed from outside.")?;
    Ok(())
}

/// How a process ends that commits the fault; the endless loop is killed.
pub fn expected(fault: Fault) -> End {
    match fault {
        Fault::Panic => End::Exited(101),
        Fault::Exit => End::Exited(3),
        Fault::Abort | Fault::StackOverflow | Fault::OutOfMemory => End::Signaled(Signal::SIGABRT as i32),
        Fault::SegmentationFault => End::Signaled(Signal::SIGSEGV as i32),
        Fault::EndlessLoop => End::Signaled(Signal::SIGKILL as i32),
    }
}
