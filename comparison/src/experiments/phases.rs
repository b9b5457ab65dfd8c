//! A unit's life in three parts: until its maker goes on, until it has answered a message, and its end.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Instant;

use process_basics::child::{self, Guard};
use process_basics::fork::{Forked, fork};
use serde_json::json;
use thread_basics::spawn::start_and_join;

use super::creation::{IN_NODE, ended_well};
use super::{Outcome, Plan, Spec};
use crate::bench::interleave;
use crate::node::Node;
use crate::placement::pin;
use crate::report::{Arm, Boundary};
use crate::stats;

pub(super) const SPECS: &[Spec] = &[Spec {
    id: "overhead.phases",
    about: "a unit's start, its first message and its end, apart",
    takes: [0.6, 3.5],
    deadline: 60,
    run: phases,
}];

/// How long each phase took, ns.
type Phases = [f64; 3];

const NAMES: [&str; 3] = ["create", "first message", "end"];

fn phases(plan: &Plan) -> io::Result<Outcome> {
    pin(0, plan.cpus[0])?;
    let units = [
        ("thread", Boundary::Thread),
        ("process: fork", Boundary::Process),
        ("process: own program", Boundary::Process),
        ("control: thread, again", Boundary::None),
    ];
    let lives = interleave(plan, plan.rounds(80, 300), units.len(), |turn| match turn {
        1 => of_fork(),
        2 => of_program(plan),
        _ => of_thread(),
    })?;
    let mut arms = Vec::new();
    units.into_iter().zip(lives).for_each(|(unit, lives)| arms.extend(arms_of(unit, &lives)));
    if plan.node {
        let mut node = Node::start(&plan.program, IN_NODE)?;
        let units = [("thread", Boundary::Thread), ("process", Boundary::Process)];
        let lives = interleave(plan, plan.rounds(4, 30), units.len(), |turn| -> io::Result<Phases> {
            node.ask(&json!({ "unit": units[turn].0, "message": true }))
        })?;
        let units = units.map(|(unit, boundary)| (format!("node {unit}"), boundary));
        units.iter().zip(lives).for_each(|((unit, boundary), lives)| arms.extend(arms_of((unit, *boundary), &lives)));
    }
    let controls = NAMES.map(|phase| [format!("control: thread, again: {phase}"), format!("thread: {phase}")]);
    Ok(Outcome::measured(arms, &controls, plan.seed))
}

fn arms_of((unit, boundary): (&str, Boundary), lives: &[Phases]) -> impl Iterator<Item = Arm> {
    (0..NAMES.len()).map(move |phase| {
        let samples = lives.iter().map(|life| life[phase]).collect();
        stats::arm(&format!("{unit}: {}", NAMES[phase]), boundary, "ns", samples)
    })
}

/// Every unit answers on a socket, and ends when that is shut down.
fn phases_of<Unit>(
    mut near: UnixStream,
    start: impl FnOnce() -> io::Result<Unit>,
    end: impl FnOnce(Unit) -> io::Result<()>,
) -> io::Result<Phases> {
    let began = Instant::now();
    let unit = start()?;
    let created = Instant::now();
    let mut byte = [7];
    near.write_all(&byte)?;
    near.read_exact(&mut byte)?;
    let answered = Instant::now();
    near.shutdown(Shutdown::Both)?;
    end(unit)?;
    let ended = Instant::now();
    Ok([created - began, answered - created, ended - answered].map(|phase| phase.as_nanos() as f64))
}

fn echo(mut far: UnixStream) {
    let mut byte = [0];
    while far.read_exact(&mut byte).is_ok() && far.write_all(&byte).is_ok() {}
}

/// One is not timed, as in `creation`: after a fork, the pages that a thread's start writes are copied first.
fn of_thread() -> io::Result<Phases> {
    start_and_join()?;
    let (near, far) = UnixStream::pair()?;
    phases_of(
        near,
        || thread::Builder::new().spawn(|| echo(far)),
        |thread| thread.join().map_err(|_| io::Error::other("an echoing thread panicked")),
    )
}

fn of_fork() -> io::Result<Phases> {
    let (near, far) = UnixStream::pair()?;
    let start = || {
        fork(|| {
            echo(far);
            0
        })
    };
    phases_of(near, start, |child: Forked| ended_well(child.wait()?))
}

fn of_program(plan: &Plan) -> io::Result<Phases> {
    let (near, far) = UnixStream::pair()?;
    let mut command = child::command(&plan.program, "echo");
    command.arg("1").stdin(OwnedFd::from(far.try_clone()?)).stdout(OwnedFd::from(far));
    phases_of(near, || Ok(Guard::from(command.spawn()?)), |mut child| ended_well(child.wait()?.into()))
}
