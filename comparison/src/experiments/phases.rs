//! A unit's life in three parts: until its maker goes on, until it has answered a message, and its end.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Instant;

use process_basics::fork::{Forked, fork};
use process_basics::support::guard::Guard;
use serde_json::json;
use thread_basics::spawn::start_and_join;

use super::computing::ended_well;
use super::creation::IN_NODE;
use super::{Plan, Samples, Stop, node};
use crate::bench::Bench;
use crate::node::Node;
use crate::placement::pin;

/// How long each phase took, ns.
type Phases = [f64; 3];

const NAMES: [&str; 3] = ["create", "first message", "end"];

pub(super) fn phases(plan: &Plan) -> Result<Samples, Stop> {
    pin(0, plan.cpus[0])?;
    let mut bench = Bench::of(plan, "ns", NAMES);
    bench.arm_of("thread", of_thread);
    bench.arm_of("process: fork", of_fork);
    bench.arm_of("process: own program", || of_program(plan));
    bench.arm_of("control: thread, again", of_thread);
    bench.pair("control: thread, again", "thread");
    Ok(bench.run(plan.rounds(80, 300))?.with_node(plan, || in_node(plan)))
}

fn in_node(plan: &Plan) -> Result<Samples, Stop> {
    let node = Node::start(&plan.program, IN_NODE)?;
    let arm = |unit| (format!("node {unit}"), json!({ "unit": unit, "message": true }));
    node::take(plan, node, ("ns", NAMES), &["thread", "process"].map(arm), &[], plan.rounds(4, 30))
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
    let mut command = crate::echo::command(&plan.program);
    command.stdin(OwnedFd::from(far.try_clone()?)).stdout(OwnedFd::from(far));
    phases_of(near, || Ok(Guard::from(command.spawn()?)), |mut child| ended_well(child.wait()?.into()))
}
