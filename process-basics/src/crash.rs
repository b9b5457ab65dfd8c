//! A child fails. Its parent and its sibling go on.

use std::io::{self, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::cli::claim;
use crate::message::{GREETER, Greeter};
use crate::support::deadline::{DEADLINE, read_line};
use crate::support::end::End;
use crate::support::fault::{self, Fault};
use crate::support::guard::Guard;
use crate::support::own_program::{self, OWN_PROGRAM};
use crate::support::proc::cpu_time;

/// How much processor time a victim may use before it is killed: time that passes on a busy machine does not count.
pub const BUDGET: Duration = Duration::from_millis(200);

/// What was seen of a fault in a child process. The host is the process that called: to read this, it must be alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aftermath {
    /// The victim announced its fault. If it did not, something else ended it.
    pub begun: bool,
    /// How the victim ended.
    pub victim: End,
    /// We killed it: the fault had not ended it within [`BUDGET`] of processor time, nor within [`DEADLINE`].
    pub killed: bool,
    /// The victim's sibling, another child, still answered afterwards.
    pub sibling_answers: bool,
}

/// Starts two children, lets one commit `fault`, and looks at what is left.
///
/// # Errors
/// Those of starting `program` and of waiting.
pub fn in_child(program: &Path, fault: Fault) -> io::Result<Aftermath> {
    let sibling = Greeter::start(program, GREETER)?;
    let mut command = own_program::command(program, "fault");
    command.env_remove("RUST_BACKTRACE"); // without it, a panic ends sooner
    command.arg(fault.name()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut victim = Guard::start(&mut command)?;
    let begun = read_line(victim.stdout.as_mut().expect("is a pipe"))? == fault::BEGUN;
    let (end, killed) = end_of(&mut victim)?;
    Ok(Aftermath { begun, victim: end, killed, sibling_answers: sibling.ask("sibling".to_owned()).is_ok() })
}

/// Waits for the victim's end, or kills it once it has used up its time. Whether it was killed is the second value.
fn end_of(victim: &mut Guard) -> io::Result<(End, bool)> {
    let deadline = Instant::now() + DEADLINE;
    while Instant::now() < deadline && cpu_time(victim.id() as i32)? < BUDGET {
        if let Some(end) = victim.wait_at_most(Duration::from_millis(10))? {
            return Ok((end, false));
        }
    }
    victim.kill()?;
    Ok((victim.end()?, true))
}

/// How a process that commits the fault is expected to end. One in an endless loop has to be killed.
pub fn expected(fault: Fault) -> End {
    match fault {
        Fault::Panic => End::Exited(101),
        Fault::Exit => End::Exited(fault::EXIT_CODE),
        Fault::Abort | Fault::StackOverflow | Fault::OutOfMemory => End::Signaled(Signal::SIGABRT as i32),
        Fault::SegmentationFault => End::Signaled(Signal::SIGSEGV as i32),
        Fault::EndlessLoop => End::Signaled(Signal::SIGKILL as i32),
    }
}

/// Shows every fault in a child.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We start two children and make one of them fail, in seven ways.")?;
    writeln!(out, "  Expected: only that child ends. Its sibling and its parent go on.")?;
    writeln!(out, "    fault           the failing child ended      its sibling")?;
    for fault in Fault::ALL {
        let after = in_child(Path::new(OWN_PROGRAM), fault)?;
        let by_us = if after.killed { ", by us" } else { "" };
        let sibling = if after.sibling_answers { "still answers" } else { "is silent" };
        writeln!(out, "    {fault:<15} {:<28} {sibling}", format!("{}{by_us}", after.victim))?;
        claim(after.begun, format_args!("the fault '{fault}' was never begun: the child {}", after.victim))?;
        claim(after.victim == expected(fault), format_args!("after '{fault}' the child {}", after.victim))?;
        claim(after.killed == (fault == Fault::EndlessLoop), format_args!("'{fault}': killed {}", after.killed))?;
        claim(after.sibling_answers, format_args!("after '{fault}' the sibling no longer answers"))?;
    }
    writeln!(out, "  This is the document's \"Only one process crashes\". A child that hangs")?;
    writeln!(out, "  can be killed from outside; a thread that hangs cannot.")?;
    Ok(())
}
