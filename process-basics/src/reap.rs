//! An ended child stays as a zombie until its parent has asked how it ended.

use std::io::{self, Write};
use std::path::Path;

use anyhow::ensure;
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;

use crate::footprint::stat;
use crate::fork::{Forked, fork};
use crate::spawn::End;

/// The state of a process, a letter (proc(5)): `R` runs, `S` sleeps, `Z` is a zombie; `None`: there is none.
pub fn state(pid: i32) -> Option<String> {
    stat(pid).ok()?.into_iter().next()
}

/// Forks a child that ends at once, and waits until it has, without reaping it.
///
/// # Errors
/// Those of [`fork`] and waitid(2).
pub fn zombie() -> io::Result<Forked> {
    let child = fork(|| 0)?;
    waitid(Id::Pid(Pid::from_raw(child.pid())), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT)?;
    Ok(child)
}

/// Forks `count` children, the n-th of which ends with code n, and reaps them; their ends, in order of their start.
///
/// # Errors
/// Those of [`fork`] and waitpid(2).
pub fn many(count: u8) -> io::Result<Vec<End>> {
    let children: Vec<Forked> = (0..count).map(|n| fork(|| n.into())).collect::<io::Result<_>>()?;
    children.into_iter().map(Forked::wait).collect()
}

/// Shows a zombie, its end, and many children at once.
pub fn show(out: &mut dyn Write, _program: &Path) -> anyhow::Result<()> {
    let child = zombie()?;
    let pid = child.pid();
    let (ended, end) = (state(pid), child.wait()?);
    let reaped = state(pid);
    writeln!(out, "  child {pid} has ended: its state is {}", ended.as_deref().unwrap_or("-"))?;
    writeln!(out, "  reaped: it {end}. Its state is {}", reaped.as_deref().unwrap_or("-"))?;
    ensure!(ended.as_deref() == Some("Z"), "an ended child that was not reaped is in state {ended:?}");
    ensure!(reaped.is_none() && end == End::Exited(0), "after it was reaped: {reaped:?}, {end}");

    let ends = many(20)?;
    let right = (0..20).map(End::Exited).zip(&ends).filter(|(expected, end)| expected == *end).count();
    writeln!(out, "  20 children with codes 0 to 19: {right} ends as expected")?;
    ensure!(right == 20, "the ends of 20 children: {ends:?}");
    writeln!(out, "  A zombie is an end that nobody has asked for yet.")?;
    Ok(())
}
