//! A thread cannot become another program: `execve(2)` replaces the whole process and ends all its other threads.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::thread;

use anyhow::ensure;

use crate::child;

/// What came after a thread had called exec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AfterExec {
    /// The new program ran.
    pub program_ran: bool,
    /// The thread that had started the other one went on.
    pub starter_went_on: bool,
}

/// Starts a process whose second thread runs `sh -c 'echo …'` by exec, and looks who was heard from afterwards.
/// `program` is this chapter's executable.
///
/// # Errors
/// Those of starting `program`; `InvalidData` when it did not even start its thread.
pub fn in_thread(program: &Path) -> io::Result<AfterExec> {
    let output = child::command(program, "exec").stdin(Stdio::null()).stderr(Stdio::null()).output()?;
    let heard = String::from_utf8_lossy(&output.stdout);
    if !heard.starts_with("host\n") {
        let why = format!("the host of a thread that calls exec ({}) printed {heard:?}", output.status);
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    Ok(AfterExec { program_ran: heard.contains("another program\n"), starter_went_on: heard.contains("starter\n") })
}

/// The host's side.
pub(crate) fn host() -> ExitCode {
    println!("host");
    let _why_exec_failed = thread::spawn(|| Command::new("sh").args(["-c", "echo another program"]).exec()).join();
    println!("starter"); // never, unless exec failed
    ExitCode::SUCCESS
}

/// Shows who is left.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    let after = in_thread(program)?;
    let [ran, went_on] = [after.program_ran, after.starter_went_on].map(|yes| if yes { "yes" } else { "no" });
    writeln!(out, "  a thread calls exec: did the new program run?  {ran}")?;
    writeln!(out, "  did the thread that started it go on?          {went_on}")?;
    ensure!(after == AfterExec { program_ran: true, starter_went_on: false }, "{after:?}");
    writeln!(out, "  Exec replaced them all. Another program needs a process.")?;
    Ok(())
}
