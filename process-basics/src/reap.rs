//! A child that has ended stays as a zombie until its parent asks how it ended.

use std::io::{self, Write};

use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;

use crate::cli::claim;
use crate::fork::{Forked, fork};
use crate::spawn::End;
use crate::support::proc::state;

/// Forks a child that ends at once with code 7, and waits until it has, without reaping it.
///
/// # Errors
/// Those of [`fork`] and waitid(2).
pub fn zombie() -> io::Result<Forked> {
    let child = fork(|| 7)?;
    waitid(Id::Pid(Pid::from_raw(child.pid())), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT)?;
    Ok(child)
}

/// Forks `count` children, the n-th of which ends with code n, and reaps them; their ends, in the order of their start.
///
/// # Errors
/// Those of [`fork`] and waitpid(2).
pub fn many(count: u8) -> io::Result<Vec<End>> {
    let children: Vec<Forked> = (0..count).map(|n| fork(|| n.into())).collect::<io::Result<_>>()?;
    children.into_iter().map(Forked::wait).collect()
}

/// Shows a zombie, its end, and many children at once.
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

    writeln!(out, "  Then we start 20 children with the exit codes 0 to 19 and wait for each.")?;
    writeln!(out, "  Expected: every exit code can be collected, late or not.")?;
    let ends = many(20)?;
    let as_expected = (0..20).filter(|&n| ends[n] == End::Exited(n as i32)).count();
    writeln!(out, "    exit codes as expected: {as_expected} of 20")?;
    claim(as_expected == 20, format_args!("the ends of 20 children: {ends:?}"))?;
    writeln!(out, "  A parent that never waits collects zombies. Node waits for you, but only")?;
    writeln!(out, "  when its event loop is free.")?;
    Ok(())
}
