//! A child goes wrong. Its parent and its sibling go on.

use std::io::{self, Write};
use std::path::Path;
use std::process::{self, Child, ExitCode, Stdio};
use std::time::Duration;

use anyhow::ensure;
use nix::sys::signal::Signal;

use crate::child;
use crate::echo::Echo;
use crate::fault::Fault;
use crate::pidfd::wait_at_most;
use crate::spawn::End;

/// How long a victim that does not end by its fault may run before it is killed.
pub const PATIENCE: Duration = Duration::from_millis(200);

/// What was left after a fault in a child process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aftermath {
    /// How the victim ended.
    pub victim: End,
    /// It had to be killed: the fault alone did not end it within [`PATIENCE`].
    pub killed: bool,
    /// The victim's sibling, another child, still answered afterwards.
    pub sibling_answers: bool,
}

/// Starts two children, lets one commit `fault`, and looks at what is left. That this returns shows that the parent
/// survived.
///
/// # Errors
/// Those of starting `program` and of waiting.
pub fn in_child(program: &Path, fault: Fault) -> io::Result<Aftermath> {
    let mut sibling = Echo::start(program, 1)?;
    if !sibling.answers() {
        return Err(io::Error::other("the sibling did not answer before the fault"));
    }
    let mut victim = child::command(program, "fault");
    victim.arg(fault.name()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let (victim, killed) = wait_or_kill(victim.spawn()?)?;
    Ok(Aftermath { victim, killed, sibling_answers: sibling.answers() })
}

fn wait_or_kill(mut victim: Child) -> io::Result<(End, bool)> {
    let end = wait_at_most(&mut victim, PATIENCE);
    if let Ok(Some(end)) = end {
        return Ok((end, false));
    }
    victim.kill()?;
    let killed = victim.wait()?.into();
    end.map(|_| (killed, true))
}

/// The victim's side: commits the fault that is named. One that returns from its fault ends with code 0.
pub(crate) fn victim(name: &str) -> ExitCode {
    match name.parse::<Fault>() {
        Ok(fault) => fault.commit(),
        Err(unknown) => {
            eprintln!("victim: {unknown}");
            return ExitCode::from(2);
        }
    }
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
        ensure!(after.victim == expected(fault), "the victim of '{fault}' {}", after.victim);
    }
    writeln!(out, "  Each line is the parent's, process {}: only the", process::id())?;
    writeln!(out, "  victim ended. One that hangs can be killed from outside.")?;
    Ok(())
}

fn expected(fault: Fault) -> End {
    match fault {
        Fault::Panic => End::Exited(101),
        Fault::Exit => End::Exited(3),
        Fault::Abort => End::Signaled(Signal::SIGABRT as i32),
        Fault::SegmentationFault => End::Signaled(Signal::SIGSEGV as i32),
        Fault::EndlessLoop => End::Signaled(Signal::SIGKILL as i32),
    }
}
