//! A parent is killed. Its children live on, unless they notice, or have asked the kernel to be killed with it.

use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{self, ExitCode, Stdio};

use nix::sys::prctl::{get_child_subreaper, set_child_subreaper};
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;

use crate::cli::claim;
use crate::fork::reap;
use crate::spawn::End;
use crate::support::deadline::read_line;
use crate::support::guard::Guard;
use crate::support::own_program::{self, OWN_PROGRAM};
use crate::support::proc::parent_of;

/// What happened to the three children of a parent that was killed.
#[derive(Debug)]
pub struct Orphans {
    /// The new parent of the child that does nothing: the nearest ancestor that adopts orphans, else process 1.
    pub idle_adopted_by: i32,
    /// How that child ended, once *we* had closed its standard input.
    pub idle: End,
    /// How the child ended that reads a pipe from its parent, and leaves when the pipe is closed.
    pub reader: End,
    /// How the child ended that has asked the kernel to be killed with its parent.
    pub bound: End,
}

/// A parent with its children, in a process group: so all of them are found, whatever goes wrong. While it lives, this
/// process adopts orphans (`PR_SET_CHILD_SUBREAPER`, prctl(2)): so it can wait for them.
struct Family {
    parent: Guard,
    adopted_before: bool,
}

impl Family {
    fn start(program: &Path) -> io::Result<Self> {
        let adopted_before = get_child_subreaper()?;
        let mut command = own_program::command(program, "parent");
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let family = Self { parent: Guard::from(command.spawn()?), adopted_before };
        set_child_subreaper(true)?;
        Ok(family)
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        let group = Pid::from_raw(self.parent.id() as i32);
        let _ = self.parent.kill(); // first, for it could start another child
        let _ = self.parent.wait();
        let _ = killpg(group, Signal::SIGKILL);
        while waitpid(Pid::from_raw(-group.as_raw()), None).is_ok() {} // until there is none
        let _ = set_child_subreaper(self.adopted_before);
    }
}

/// Starts a parent with three children, kills it, and follows the children.
///
/// # Errors
/// Those of starting `program` and of waiting; `Other` when the parent could not start all of its children, `TimedOut`
/// when they do not get ready.
pub fn orphans(program: &Path) -> io::Result<Orphans> {
    let mut family = Family::start(program)?;
    let mut lines = family.parent.stdout.take().expect("is a pipe");
    let mut pids = Vec::new();
    for role in ["idle", "reader", "bound"] {
        let line = read_line(&mut lines)?;
        let pid = line.strip_prefix(role).and_then(|rest| rest.trim().parse().ok());
        pids.push(Pid::from_raw(pid.ok_or_else(|| io::Error::other(format!("no child '{role}': {line}")))?));
    }
    let input = family.parent.stdin.take(); // kept open: it is the idle child's standard input, too
    family.parent.kill()?;
    family.parent.wait()?;

    let reader = reap(pids[1])?;
    let bound = reap(pids[2])?;
    let idle_adopted_by = parent_of(pids[0].as_raw())?;
    drop(input);
    Ok(Orphans { idle_adopted_by, idle: reap(pids[0])?, reader, bound })
}

/// The parent's side: starts the three, one after another, reports their pids, and waits to be killed.
pub(crate) fn parent() -> ExitCode {
    let mut children = Vec::new(); // where one cannot be started, those before it are killed
    for role in ["idle", "reader", "bound"] {
        // Only the reader gets a pipe from us. The others inherit our standard input, a pipe from our parent.
        let stdin = if role == "reader" { Stdio::piped() } else { Stdio::inherit() };
        let mut command = own_program::command(Path::new(OWN_PROGRAM), role);
        let started = command.stdin(stdin).stdout(Stdio::piped()).spawn().and_then(|child| {
            children.push(Guard::from(child));
            read_line(children.last_mut().and_then(|child| child.stdout.as_mut()).expect("is a pipe"))
        });
        match started {
            Ok(line) => println!("{line}"),
            Err(error) => {
                println!("{error}");
                return ExitCode::FAILURE;
            }
        }
    }
    until_end_of_input()
}

/// A child's side: reports its role and pid, then waits.
pub(crate) fn child(role: &str) -> ExitCode {
    println!("{role} {}", process::id());
    until_end_of_input()
}

fn until_end_of_input() -> ExitCode {
    let _ = io::stdin().read_to_end(&mut Vec::new());
    ExitCode::SUCCESS
}

/// Shows the three.
pub fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  We start a parent with three children, and kill the parent with SIGKILL.")?;
    writeln!(out, "  Expected: a child ends only if it notices, or has asked for it before.")?;
    writeln!(out, "    the child                                   after its parent's death")?;
    let orphans = orphans(Path::new(OWN_PROGRAM))?;
    let adopter = orphans.idle_adopted_by;
    writeln!(out, "    reads a pipe from its parent                {}", orphans.reader)?;
    writeln!(out, "    asked the kernel to be killed with it       {}", orphans.bound)?;
    writeln!(out, "    does nothing about it                       lives on under process {adopter}")?;
    claim(orphans.reader == End::Exited(0), format_args!("the child that reads {}", orphans.reader))?;
    let killed = End::Signaled(Signal::SIGKILL as i32);
    claim(orphans.bound == killed, format_args!("the child that asked to be killed {}", orphans.bound))?;
    claim(adopter == process::id() as i32, format_args!("process {adopter} adopted the orphan"))?;
    claim(orphans.idle == End::Exited(0), format_args!("the idle child {}", orphans.idle))?;
    writeln!(out, "  Process {adopter} is this program, which had asked to adopt orphans; else it")?;
    writeln!(out, "  would be process 1. We then closed its input: it {}.", orphans.idle)?;
    writeln!(out, "  Children do not die with their parent by default, in Node neither.")?;
    Ok(())
}
