//! A parent is killed. Its children live on, unless they have asked the kernel to be killed with it.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::process;

use nix::sys::prctl::{set_child_subreaper, set_pdeathsig};
use nix::sys::signal::Signal;

use crate::cli::claim;
use crate::fork::{Forked, fork};
use crate::support::deadline::read_line;
use crate::support::end::End;
use crate::support::proc::parent_of;

/// What happened to the two children of a parent that was killed.
#[derive(Debug)]
pub struct Orphans {
    /// How the child ended that has asked to be killed with its parent.
    pub bound: End,
    /// The new parent of the other: the nearest ancestor that adopts orphans, else process 1.
    pub unbound_adopted_by: i32,
    /// How that child ended, once *we* had closed the pipe that it reads.
    pub unbound: End,
}

/// While it lives, this process adopts orphans (`PR_SET_CHILD_SUBREAPER`, prctl(2)): so it can wait for them.
struct Adopting;

impl Adopting {
    fn start() -> io::Result<Self> {
        set_child_subreaper(true)?;
        Ok(Self)
    }
}

impl Drop for Adopting {
    fn drop(&mut self) {
        let _ = set_child_subreaper(false);
    }
}

/// Forks a parent that forks two children, kills it, and follows the children. All of them read a pipe whose other end
/// only we have: so they end when we do.
///
/// # Errors
/// Those of [`fork`], pipe(2) and waiting; `Other` when the parent could not fork both children.
pub fn orphans() -> io::Result<Orphans> {
    let (input, our_end) = io::pipe()?;
    let (mut ready, to_us) = io::pipe()?;
    let mut our_end = Some(our_end);
    let _adopting = Adopting::start()?;
    let parent = fork(|| {
        drop(our_end.take()); // the parent's copy, so that its children get none
        parent(&input, &to_us)
    })?;
    drop(to_us);
    let mut lines = [read_line(&mut ready)?, read_line(&mut ready)?];
    lines.sort(); // "bound" comes before "unbound"
    drop(parent); // kills it
    let (bound, unbound) = (adopt(&lines[0], "bound ")?, adopt(&lines[1], "unbound ")?);

    let bound = bound.wait()?;
    let unbound_adopted_by = parent_of(unbound.pid())?;
    drop(our_end);
    Ok(Orphans { bound, unbound_adopted_by, unbound: unbound.wait()? })
}

fn adopt(line: &str, role: &str) -> io::Result<Forked> {
    let pid = line.strip_prefix(role).and_then(|pid| pid.parse().ok());
    pid.map(Forked::adopted).ok_or_else(|| io::Error::other("the parent could not fork two children"))
}

/// Forks the two, and waits to be killed.
fn parent(input: &PipeReader, to_us: &PipeWriter) -> i32 {
    let bound = fork(|| live("bound", input, to_us)); // `fork` lets a child ask the kernel
    let unbound = fork(|| set_pdeathsig(None).map_or(1, |()| live("unbound", input, to_us)));
    if bound.is_err() || unbound.is_err() { 1 } else { wait_until_closed(input) }
}

/// A child: reports its role and pid, and waits.
fn live(role: &str, input: &PipeReader, mut to_us: &PipeWriter) -> i32 {
    let line = format!("{role} {}\n", process::id()); // in a single write, so lines do not mix
    to_us.write_all(line.as_bytes()).map_or(1, |()| wait_until_closed(input))
}

fn wait_until_closed(mut input: &PipeReader) -> i32 {
    input.read(&mut [0]).map_or(1, |_| 0)
}

/// Shows the two.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We start a parent with two children, and kill the parent with SIGKILL.")?;
    writeln!(out, "  Expected: a child lives on, unless it has asked to be killed, too.")?;
    writeln!(out, "    the child                               after its parent's death")?;
    let orphans = orphans()?;
    let adopter = orphans.unbound_adopted_by;
    writeln!(out, "    asked the kernel to be killed with it   {}", orphans.bound)?;
    writeln!(out, "    did not ask                             lives on; new parent: {adopter}")?;
    let killed = End::Signaled(Signal::SIGKILL as i32);
    claim(orphans.bound == killed, format_args!("the child that asked to be killed {}", orphans.bound))?;
    claim(adopter == process::id() as i32, format_args!("process {adopter} adopted the orphan"))?;
    claim(orphans.unbound == End::Exited(0), format_args!("the other child {}", orphans.unbound))?;
    writeln!(out, "  Process {adopter} is this program, which had asked to adopt orphans; else an")?;
    writeln!(out, "  ancestor that did, or process 1. At the end we let the child exit.")?;
    writeln!(out, "  Children do not end with their parent by default, in Node neither.")?;
    Ok(())
}
