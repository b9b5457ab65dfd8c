//! A child that has ended stays as a zombie until its parent asks how it ended.

use std::io::{self, Write};

use crate::cli::claim;
use crate::fork::{Forked, fork};
use crate::support::deadline::{DEADLINE, has_ended, timed_out};
use crate::support::end::End;
use crate::support::proc::state;

/// Forks a child that ends at once with code 7, and waits until it has, without reaping it.
///
/// # Errors
/// Those of [`fork`] and pidfd_open(2); `TimedOut`.
pub fn zombie() -> io::Result<Forked> {
    let child = fork(|| 7)?;
    if has_ended(child.pid(), DEADLINE)? { Ok(child) } else { Err(timed_out()) }
}

/// Shows a zombie, and how it ended.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We start a child that exits with code 7 and do not wait for it.")?;
    writeln!(out, "  Expected: it stays in the process table as a zombie until we do.")?;
    let child = zombie()?;
    let pid = child.pid();
    let after_exit = state(pid);
    claim(after_exit.as_deref() == Some("Z"), format_args!("the child that had ended is in state {after_exit:?}"))?;
    writeln!(out, "    after its exit  state Z (zombie: ended, exit code not collected)")?;
    let end = child.wait()?;
    let after_wait = state(pid);
    claim(after_wait.is_none(), format_args!("the child that was waited for is in state {after_wait:?}"))?;
    claim(end == End::Exited(7), format_args!("the child {end}"))?;
    writeln!(out, "    after waitpid   {end}, no longer in the process table")?;
    writeln!(out, "  A parent that never waits collects zombies. Node reaps for you, but only")?;
    writeln!(out, "  when its event loop is free.")?;
    Ok(())
}
