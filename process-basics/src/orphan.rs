//! A parent is killed. Its children live on, unless they notice, or have asked the kernel to notice for them.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{self, ExitCode, Stdio};

use anyhow::ensure;
use nix::sys::prctl::{get_child_subreaper, set_child_subreaper};
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use crate::child::{self, Guard};
use crate::footprint::stat;
use crate::fork::reap;
use crate::spawn::End;

/// What became of the three children of a parent that was killed.
#[derive(Debug)]
pub struct Orphans {
    /// Who adopted the one that does nothing about it: the nearest ancestor that reaps orphans, else process 1.
    pub idle_adopted_by: i32,
    /// How that one ended, once *we* had closed its standard input.
    pub idle: End,
    /// How the one ended that reads a pipe from its parent, and leaves at its end.
    pub reader: End,
    /// How the one ended that asked for `SIGKILL` at its parent's death.
    pub bound: End,
}

/// Starts a parent with three children, kills it, and follows the children.
///
/// For that time this process adopts orphans (`PR_SET_CHILD_SUBREAPER`, prctl(2)): so it can reap them, and none is
/// left behind.
///
/// # Errors
/// Those of starting `program` and of waiting; `Other` when the parent did not name its children.
pub fn orphans(program: &Path) -> io::Result<Orphans> {
    let adopting = get_child_subreaper()?;
    set_child_subreaper(true)?;
    let mut command = child::command(program, "parent");
    let mut parent = Guard::from(command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?);
    let lines: Vec<String> =
        BufReader::new(parent.stdout.take().expect("is a pipe")).lines().take(3).collect::<io::Result<_>>()?;
    let input = parent.stdin.take(); // held open: else `wait` would close it
    parent.kill()?;
    parent.wait()?;
    let of = |role: &str| {
        let pid = lines.iter().find_map(|line| line.strip_prefix(role)?.trim().parse().ok());
        pid.map(Pid::from_raw).ok_or_else(|| io::Error::other(format!("no child named itself {role}")))
    };
    let (reader, bound, idle) = (reap(of("reader")?)?, reap(of("bound")?)?, of("idle")?);
    let idle_adopted_by = stat(idle.as_raw())?[1].parse().map_err(io::Error::other)?;
    drop(input); // the idle one holds the other end, and leaves
    let idle = reap(idle)?;
    set_child_subreaper(adopting)?;
    Ok(Orphans { idle_adopted_by, idle, reader, bound })
}

/// The parent's side: starts the three, and waits to be killed.
pub(crate) fn parent() -> ExitCode {
    let start = |role, stdin| child::command(Path::new(child::OWN_PROGRAM), role).stdin(stdin).spawn();
    // Only the reader gets a pipe from us; the others get *our* standard input, a pipe from our parent.
    let children = [start("idle", Stdio::inherit()), start("reader", Stdio::piped()), start("bound", Stdio::inherit())];
    if children.iter().any(Result::is_err) {
        return ExitCode::FAILURE;
    }
    until_end_of_input()
}

/// A child's side: tells who it is, then waits.
pub(crate) fn child(role: &str) -> ExitCode {
    println!("{role} {}", process::id());
    until_end_of_input()
}

fn until_end_of_input() -> ExitCode {
    let _ = io::stdin().read_to_end(&mut Vec::new());
    ExitCode::SUCCESS
}

/// Shows the three.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    let orphans = orphans(program)?;
    let adopter = orphans.idle_adopted_by;
    writeln!(out, "  a parent is killed; its child that")?;
    writeln!(out, "    reads a pipe from it           {}", orphans.reader)?;
    writeln!(out, "    asked for SIGKILL at its death {}", orphans.bound)?;
    writeln!(out, "    does nothing about it          lived on under {adopter}")?;
    ensure!(orphans.reader == End::Exited(0), "the reader {}", orphans.reader);
    ensure!(orphans.bound == End::Signaled(Signal::SIGKILL as i32), "the bound child {}", orphans.bound);
    ensure!(adopter == process::id() as i32 && orphans.idle == End::Exited(0), "the idle child: {orphans:?}");
    writeln!(out, "  Process {adopter} is this one: it had asked to adopt orphans.")?;
    Ok(())
}
