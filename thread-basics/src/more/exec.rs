//! A thread cannot become another program: `execve(2)` replaces the whole process and ends all its other threads.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::thread;

use crate::cli::claim;
use crate::support::deadline::{self, unexpected};
use crate::support::own_program::{OWN_PROGRAM, command};

/// What was seen after a thread had called exec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AfterExec {
    /// The new program ran.
    pub program_ran: bool,
    /// The thread that had started the other one went on.
    pub starter_went_on: bool,
}

const HOST: &str = "host";
const PROGRAM: &str = "another program";
const STARTER: &str = "starter";

/// Starts a process whose second thread becomes `sh -c 'echo …'` by exec, and reads what is printed afterwards.
/// `program` is this chapter's executable.
///
/// # Errors
/// Those of starting `program`; `InvalidData` when it does not even begin; `TimedOut` when it does not end within
/// [`deadline::DEADLINE`].
pub fn in_thread(program: &Path) -> io::Result<AfterExec> {
    let (printed, status) = deadline::run(&mut command(program, "exec"))?;
    let lines: Vec<&str> = printed.lines().collect();
    if lines.first() != Some(&HOST) {
        return Err(unexpected(&printed, status));
    }
    Ok(AfterExec { program_ran: lines.contains(&PROGRAM), starter_went_on: lines.contains(&STARTER) })
}

/// The child.
pub(crate) fn host() -> io::Result<()> {
    let replace = || Command::new("/bin/sh").args(["-c", &format!("echo {PROGRAM}")]).exec();
    let (go_tx, go_rx) = mpsc::channel();
    let thread = thread::Builder::new().spawn(move || {
        let _ = go_rx.recv();
        replace()
    })?;
    println!("{HOST}");
    let _ = go_tx.send(());
    let _why_exec_failed = thread.join();
    println!("{STARTER}"); // printed only if exec failed
    Ok(())
}

/// Shows which of the two runs after exec.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  In a process that we can lose, a thread calls exec to run another program.")?;
    writeln!(out, "  The thread that started it waits, to print a line afterwards.")?;
    writeln!(out, "  Expected: the program runs, and the other thread never prints its line.")?;
    let after = in_thread(Path::new(OWN_PROGRAM))?;
    writeln!(out, "    the new program ran         {}", after.program_ran)?;
    writeln!(out, "    the other thread went on    {}", after.starter_went_on)?;
    claim(after.program_ran, "the new program did not run")?;
    claim(!after.starter_went_on, "the other thread went on after exec")?;
    writeln!(out, "  \"Running another script: child_process\" holds: exec replaces all threads, so")?;
    writeln!(out, "  another program needs another process.")?;
    Ok(())
}
