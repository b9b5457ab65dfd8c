//! A thread cannot become another program: `execve(2)` replaces the whole process and ends all its other threads.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::thread;

use crate::cli::claim;
use crate::support::deadline::{self, DEADLINE, unexpected};
use crate::support::own_program::{OWN_PROGRAM, command};

/// What was seen after a thread had called exec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AfterExec {
    /// The new program ran.
    pub program_ran: bool,
    /// The thread that had started the other one went on.
    pub starter_went_on: bool,
}

const PROGRAM: &str = "another program";
const STARTER: &str = "starter";

/// Starts a process whose second thread becomes `sh -c 'echo …'` by exec, and reads what is printed. `program` is this
/// chapter's executable.
///
/// # Errors
/// Those of starting `program`; `InvalidData` when neither the new program nor the starter printed a line; `TimedOut`
/// when the process does not end within [`DEADLINE`].
pub fn in_thread(program: &Path) -> io::Result<AfterExec> {
    let (printed, status) = deadline::run(&mut command(program, "exec"), DEADLINE)?;
    let printed_line = |wanted| printed.lines().any(|line| line == wanted);
    let after = AfterExec { program_ran: printed_line(PROGRAM), starter_went_on: printed_line(STARTER) };
    if after.program_ran || after.starter_went_on { Ok(after) } else { Err(unexpected(&printed, status)) }
}

/// The child.
pub(crate) fn host() -> io::Result<()> {
    let replace = || Command::new("/bin/sh").args(["-c", &format!("echo {PROGRAM}")]).exec();
    let thread = thread::Builder::new().spawn(replace)?;
    let _why_exec_failed = thread.join();
    println!("{STARTER}"); // printed only if exec failed
    Ok(())
}

/// Shows which of the two runs after exec.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  In another process, a thread calls exec to run another program. The thread")?;
    writeln!(out, "  that started it waits for it to end, and would then print a line.")?;
    writeln!(out, "  Expected: the program runs, and the waiting thread never prints its line.")?;
    let after = in_thread(Path::new(OWN_PROGRAM))?;
    writeln!(out, "    the new program ran           {}", after.program_ran)?;
    writeln!(out, "    the waiting thread went on    {}", after.starter_went_on)?;
    claim(after.program_ran, "the new program did not run")?;
    claim(!after.starter_went_on, "the waiting thread went on after exec")?;
    writeln!(out, "  The document runs another script with child_process. That is right: exec ends")?;
    writeln!(out, "  all other threads of its process, so another program needs another process.")?;
    Ok(())
}
