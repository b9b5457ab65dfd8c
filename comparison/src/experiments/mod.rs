//! What is measured: each experiment a function from a plan to samples, run in a process of its own.

use std::path::PathBuf;

use communication::round_trips as trip;
use loop_delay::tasks;
use parents::{HUGE, SMALL, by_parent};

use crate::placement::Placement::{self, SameCpu, TwoCpus};
use crate::report::{Experiment, Mode, Status};

mod architecture;
mod candidates;
mod cold;
mod communication;
mod computing;
mod contest;
pub(crate) mod crash;
mod creation;
mod files;
mod footprint;
mod footprints;
mod isolation;
pub(crate) mod loop_delay;
mod node;
mod parents;
mod phases;
mod pool_steps;
mod pools;
mod samples;
mod scenarios;
mod shared;
mod speed_up;
mod switching;
mod timeline;
mod vfork;
mod visible;
mod work;

pub use samples::{Samples, Stop, limit};

/// What an experiment needs to know.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The executable that plays the children's roles.
    pub program: PathBuf,
    /// How many samples.
    pub mode: Mode,
    /// For the order of the arms.
    pub seed: u64,
    /// The processors that may be used.
    pub cpus: Vec<usize>,
    /// Whether the real Node.js may be used.
    pub node: bool,
}

impl Plan {
    /// One of two numbers, as the mode asks.
    pub fn rounds(&self, quick: usize, full: usize) -> usize {
        match self.mode {
            Mode::Quick => quick,
            Mode::Full => full,
        }
    }

    /// The processors of the two ends.
    fn place(&self, placement: Placement) -> Result<(usize, usize), Stop> {
        let one_cpu = || Stop::CannotHere("one CPU: two things cannot run at once here".to_owned());
        placement.choose(&self.cpus).ok_or_else(one_cpu)
    }
}

/// An experiment that can be run.
#[derive(Debug)]
pub struct Spec {
    /// Its name.
    pub id: &'static str,
    /// What it asks, in a line.
    pub about: &'static str,
    takes: [f64; 2],
    run: fn(&Plan) -> Result<Samples, Stop>,
}

const fn spec(id: &'static str, about: &'static str, takes: [f64; 2], run: fn(&Plan) -> Result<Samples, Stop>) -> Spec {
    Spec { id, about, takes, run }
}

/// All experiments, in the order in which they run; and the seconds that each takes, about: quick, full.
const ALL: &[Spec] = &[
    spec("memory.visible", "is a write seen on the other side?", [0.2, 0.3], visible::visible),
    spec("memory.per_unit", "what does one more idle unit cost?", [0.8, 2.6], footprints::per_unit),
    spec("shared.what", "directory, environment, files …: who sees a change?", [0.1, 0.1], shared::what),
    spec("communication.round_trip.64B.same_cpu", "there and back", [0.4, 1.2], |p| trip(p, 64, SameCpu)),
    spec("communication.round_trip.64B.two_cpus", "there and back", [0.9, 5.5], |p| trip(p, 64, TwoCpus)),
    spec("communication.round_trip.4KiB.same_cpu", "there and back", [0.4, 0.8], |p| trip(p, 4 << 10, SameCpu)),
    spec("communication.round_trip.4KiB.two_cpus", "there and back", [0.5, 2.0], |p| trip(p, 4 << 10, TwoCpus)),
    spec("communication.round_trip.64KiB.same_cpu", "there and back", [0.4, 0.6], |p| trip(p, 64 << 10, SameCpu)),
    spec("communication.round_trip.64KiB.two_cpus", "there and back", [0.4, 1.0], |p| trip(p, 64 << 10, TwoCpus)),
    spec("communication.round_trip.1MiB.same_cpu", "there and back", [0.5, 1.2], |p| trip(p, 1 << 20, SameCpu)),
    spec("communication.round_trip.1MiB.two_cpus", "there and back", [0.6, 1.8], |p| trip(p, 1 << 20, TwoCpus)),
    spec("communication.round_trip.4MiB.same_cpu", "there and back", [1.0, 2.4], |p| trip(p, 4 << 20, SameCpu)),
    spec("communication.round_trip.4MiB.two_cpus", "there and back", [1.2, 4.0], |p| trip(p, 4 << 20, TwoCpus)),
    spec("overhead.create", "start a unit that does nothing, and wait for its end", [0.7, 3.7], creation::create),
    spec("overhead.phases", "a unit's start, its first message and its end, apart", [0.6, 3.5], phases::phases),
    spec("overhead.by_parent.1MiB.small_pages", "units of a parent", [0.1, 0.1], |p| by_parent(p, 1, SMALL)),
    spec("overhead.by_parent.64MiB.small_pages", "units of a parent", [0.1, 0.3], |p| by_parent(p, 64, SMALL)),
    spec("overhead.by_parent.64MiB.huge_pages", "units of a parent", [0.2, 0.3], |p| by_parent(p, 64, HUGE)),
    spec("overhead.by_parent.256MiB.small_pages", "units of a parent", [0.3, 1.1], |p| by_parent(p, 256, SMALL)),
    spec("overhead.by_parent.256MiB.huge_pages", "units of a parent", [0.5, 0.8], |p| by_parent(p, 256, HUGE)),
    spec("overhead.by_parent.1GiB.small_pages", "units of a parent", [0.0, 3.5], |p| by_parent(p, 1024, SMALL)),
    spec("overhead.by_parent.1GiB.huge_pages", "units of a parent", [0.0, 2.8], |p| by_parent(p, 1024, HUGE)),
    spec("overhead.context_switch", "from one unit to another on one CPU", [0.1, 0.8], switching::switches),
    spec("crash.survivors", "one unit goes wrong: do the others survive?", [2.7, 12.1], crash::survivors),
    spec("crash.timeline", "who is served while one goes wrong and is replaced?", [0.6, 2.1], timeline::timelines),
    spec("cpu.speed_up", "fixed work: serial, on threads, in processes", [1.9, 9.8], speed_up::speed_up),
    spec("cpu.isolation", "a victim's slowest answers beside a busy neighbour", [1.8, 10.8], isolation::isolation),
    spec("loop_delay.10us", "two tasks that come to a loop", [0.1, 0.8], |p| tasks(p, 0, [40, 150], [0, 20])),
    spec("loop_delay.100us", "two tasks that come to a loop", [0.1, 0.9], |p| tasks(p, 1, [40, 150], [0, 20])),
    spec("loop_delay.1ms", "two tasks that come to a loop", [0.3, 1.7], |p| tasks(p, 2, [25, 100], [0, 15])),
    spec("loop_delay.10ms", "two tasks that come to a loop", [4.1, 5.0], |p| tasks(p, 3, [34, 50], [10, 10])),
    spec("loop_delay.100ms", "two tasks that come to a loop", [0.0, 11.2], |p| tasks(p, 4, [0, 9], [0, 4])),
    spec("loop_delay.1s", "two tasks that come to a loop", [0.0, 17.2], |p| tasks(p, 5, [0, 2], [0, 0])),
    spec("files.read.warm", "file reads from the page cache: serial, on pools", [0.4, 2.3], |p| files::read(p, false)),
    spec("files.read.cold", "file reads from the disk: serial, on pools", [0.6, 3.6], |p| files::read(p, true)),
    spec("architecture.callbacks", "which threads run a loop's callbacks?", [0.1, 0.1], architecture::callbacks),
    spec("architecture.waits", "ten waits: on a loop, and one after another", [0.4, 2.0], architecture::waits),
    spec("architecture.pool", "which threads run files, lookups, crypto?", [0.1, 0.1], architecture::pool),
    spec("architecture.pool_steps", "ten sleeping jobs on a pool of four: when?", [0.3, 1.2], pool_steps::pool_steps),
    spec("architecture.workers", "how many threads do workers add?", [0.1, 0.1], architecture::workers),
    spec("architecture.processes", "how many processes serve one port?", [0.1, 0.1], architecture::processes),
    spec("scenario.file_io", "a loop with file reads: inline, thread, process, pool", [0.9, 3.5], scenarios::file_io),
    spec("scenario.another_program", "run another program and go on", [0.1, 0.1], scenarios::another_program),
    spec("node.modules", "whose process are child_process.fork and Worker?", [0.3, 1.5], node::modules),
    spec("node.architecture", "which threads does Node.js have, and for what?", [0.2, 1.0], node::architecture),
    spec("node.cluster", "how many processes answer on one port of Node's cluster?", [0.3, 1.8], node::cluster),
];

/// All experiments, in the order in which they run.
pub fn all() -> impl Iterator<Item = &'static Spec> {
    ALL.iter()
}

impl Spec {
    /// How many seconds it takes, about. From this the time left is told.
    pub fn takes(&self, mode: Mode) -> f64 {
        self.takes[usize::from(mode == Mode::Full)]
    }

    /// After how many seconds it is taken to hang: there are slower machines than ours.
    pub fn deadline(&self) -> u64 {
        30 + 8 * self.takes(Mode::Full) as u64
    }

    /// Runs it in this process.
    pub fn run(&self, plan: &Plan) -> Experiment {
        match (self.run)(plan) {
            Ok(Samples { arms, ratios, left_out }) => {
                let why = (!left_out.is_empty()).then(|| left_out.join("; "));
                Experiment { arms, ratios, ..Experiment::without_samples(self.id, Status::Ok, why) }
            }
            Err(Stop::CannotHere(why)) => Experiment::without_samples(self.id, Status::Skipped, Some(why)),
            Err(Stop::Failed(error)) => Experiment::without_samples(self.id, Status::Failed, Some(error.to_string())),
        }
    }
}
