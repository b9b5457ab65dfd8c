//! A parent is killed. Its children live on, unless they notice, or have asked the kernel to notice for them.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{self, ExitCode, Stdio};

use anyhow::{Context, ensure};
use nix::sys::prctl::{get_child_subreaper, set_child_subreaper};
use nix::sys::signal::Signal;
use nix::sys::wait::waitpid;
use nix::unistd::Pid;

use crate::child::{self, Guard};
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
    let children = names(BufReader::new(parent.stdout.take().expect("is a pipe")));
    parent.kill()?;
    parent.wait()?;
    let of = |role: &str| children.get(role).copied().ok_or_else(|| io::Error::other(format!("no child is {role}")));

    let (reader, bound) = (reap(of("reader")?)?, reap(of("bound")?)?);
    let idle_adopted_by = parent_of(of("idle")?)?;
    drop(parent.stdin.take()); // the idle one holds the other end, and leaves
    let idle = reap(of("idle")?)?;
    set_child_subreaper(adopting)?;
    Ok(Orphans { idle_adopted_by, idle, reader, bound })
}

/// The three children's roles and pids, a line each.
fn names(told: impl BufRead) -> BTreeMap<String, i32> {
    let pair = |line: String| line.split_once(' ').and_then(|(role, pid)| Some((role.to_owned(), pid.parse().ok()?)));
    told.lines().map_while(Result::ok).take(3).filter_map(pair).collect()
}

fn reap(pid: i32) -> io::Result<End> {
    let status = waitpid(Pid::from_raw(pid), None)?;
    End::from_wait(status).ok_or_else(|| io::Error::other(format!("process {pid} has not ended: {status:?}")))
}

fn parent_of(pid: i32) -> io::Result<i32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let parent = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)?.parse().ok());
    parent.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("/proc/{pid}/stat names no parent")))
}

/// The parent's side: starts the three, and waits to be killed.
pub(crate) fn parent() -> ExitCode {
    let own = Path::new(child::OWN_PROGRAM);
    // The idle one gets *our* standard input, a pipe from our parent; the reader gets a pipe from us.
    let idle = child::command(own, "idle").stdin(Stdio::inherit()).spawn();
    let reader = child::command(own, "reader").stdin(Stdio::piped()).spawn();
    let bound = child::command(own, "bound").stdin(Stdio::null()).spawn();
    if idle.is_err() || reader.is_err() || bound.is_err() {
        return ExitCode::FAILURE;
    }
    loop {
        nix::unistd::pause();
    }
}

/// A child's side: tells who it is, then waits for the end of its standard input, or for ever.
pub(crate) fn child(role: &str, until_end_of_file: bool) -> ExitCode {
    println!("{role} {}", process::id());
    if until_end_of_file {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        return ExitCode::SUCCESS;
    }
    loop {
        nix::unistd::pause();
    }
}

/// Shows the three.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    let orphans = orphans(program).context("a parent with three children")?;
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
