//! Making a unit, letting it end, and knowing that it has: a thread, a forked copy, another program.

use std::io;
use std::path::Path;

use process_basics::fork::fork;
use process_basics::spawn::{self, End};
use thread_basics::spawn::start_and_join;

use super::{Outcome, Plan, Spec};
use crate::bench::{Bench, time_each};
use crate::placement::pin;
use crate::report::Boundary;

pub(super) const SPECS: &[Spec] = &[Spec {
    id: "overhead.create",
    about: "start a unit that does nothing, and wait for its end",
    takes: [1.0, 4.0],
    deadline: 60,
    run: create,
}];

const THREAD: &str = "thread";
const FORK: &str = "process: fork";
const PROGRAM: &str = "process: spawned program";
const CONTROL: &str = "control: thread, again";

/// On one CPU: where the scheduler puts a new thread would otherwise decide half of its price.
fn create(plan: &Plan) -> io::Result<Outcome> {
    pin(0, plan.cpus[0])?;
    let program = find_in_path("true")?;
    let mut bench = Bench::new(plan, "ns");
    bench.arm(THREAD, Boundary::Thread, || time_each(5, start_and_join));
    bench.arm(FORK, Boundary::Process, || time_each(5, || ended_well(fork(|| 0)?.wait()?)));
    bench.arm(PROGRAM, Boundary::Process, || time_each(2, || ended_well(spawn::run(&program, &[])?)));
    bench.arm(CONTROL, Boundary::None, || time_each(5, start_and_join));
    bench.pair(FORK, THREAD);
    bench.pair(PROGRAM, THREAD);
    bench.pair(PROGRAM, FORK);
    bench.pair(CONTROL, THREAD);
    bench.run(plan.rounds(60, 300))
}

/// A child that failed was not a measurement: a famous benchmark timed a failing exec.
fn ended_well(end: End) -> io::Result<()> {
    if end == End::Exited(0) { Ok(()) } else { Err(io::Error::other(format!("a child that should do nothing {end}"))) }
}

/// Where a program is, so that the search through `PATH` is not measured.
fn find_in_path(name: &str) -> io::Result<std::path::PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| Path::is_file(file));
    found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("no program '{name}' in PATH")))
}
