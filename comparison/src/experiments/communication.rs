//! The same bytes to a thread and to a process: over the same mechanism, and over the usual one of each.

use std::io;
use std::sync::mpsc;
use std::thread;

use nix::unistd::gettid;
use process_basics::bulk::BulkEcho;
use process_basics::fork::{Forked, fork};
use thread_basics::message::Echo as Channel;

use super::{Outcome, Plan, Spec};
use crate::bench::{Bench, time_each};
use crate::placement::{ONE_CPU, Placement, pin};
use crate::report::Boundary::{self, Process, Thread};

pub(super) mod mechanism; // pipes, sockets, memory: pairs of ends
mod node; // the usual ways of Node.js
pub(super) mod shared; // memory that both ends have

use mechanism::{Far, Mechanism, Near};

macro_rules! round_trip {
    ($size:literal, $bytes:expr, $placement:ident, $takes:expr) => {
        Spec {
            id: concat!("communication.round_trip.", $size, ".", round_trip!(@id $placement)),
            about: concat!($size, " there and back, ", round_trip!(@about $placement)),
            takes: $takes,
            deadline: 60,
            run: |plan| round_trips(plan, $bytes, Placement::$placement),
        }
    };
    (@id SameCpu) => { "same_cpu" };
    (@id TwoCpus) => { "two_cpus" };
    (@about SameCpu) => { "both ends on one CPU" };
    (@about TwoCpus) => { "each end on its own CPU" };
}

pub(super) const SPECS: &[Spec] = &[
    round_trip!("64B", 64, SameCpu, [0.4, 1.2]),
    round_trip!("64B", 64, TwoCpus, [0.9, 5.5]),
    round_trip!("4KiB", 4 << 10, SameCpu, [0.4, 0.8]),
    round_trip!("4KiB", 4 << 10, TwoCpus, [0.5, 2.0]),
    round_trip!("64KiB", 64 << 10, SameCpu, [0.4, 0.6]),
    round_trip!("64KiB", 64 << 10, TwoCpus, [0.4, 1.0]),
    round_trip!("1MiB", 1 << 20, SameCpu, [0.5, 1.2]),
    round_trip!("1MiB", 1 << 20, TwoCpus, [0.6, 1.8]),
    round_trip!("4MiB", 4 << 20, SameCpu, [1.0, 2.4]),
    round_trip!("4MiB", 4 << 20, TwoCpus, [1.2, 4.0]),
];

/// How many round trips a sample has, and how many rounds: the larger the message, the fewer.
struct Effort {
    batch: u32,
    rounds: [usize; 2],
    node_rounds: [usize; 2],
}

fn effort(size: usize) -> Effort {
    match size {
        ..4_096 => Effort { batch: 20, rounds: [60, 400], node_rounds: [8, 40] },
        4_096..65_536 => Effort { batch: 10, rounds: [30, 300], node_rounds: [8, 40] },
        65_536..1_048_576 => Effort { batch: 3, rounds: [25, 200], node_rounds: [6, 30] },
        1_048_576..4_194_304 => Effort { batch: 1, rounds: [20, 100], node_rounds: [4, 20] },
        _ => Effort { batch: 1, rounds: [25, 100], node_rounds: [3, 10] },
    }
}

/// What the arms of an experiment have in common.
struct Setting<'a> {
    plan: &'a Plan,
    message: &'a [u8],
    batch: u32,
    placement: Placement,
    here: usize,
    there: usize,
}

fn round_trips(plan: &Plan, size: usize, placement: Placement) -> io::Result<Outcome> {
    let Some((here, there)) = placement.choose(&plan.cpus) else {
        return Ok(Outcome::Skipped(ONE_CPU.to_owned()));
    };
    pin(0, here)?;
    let Effort { batch, rounds, node_rounds } = effort(size);
    let message: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
    let setting = Setting { plan, message: &message, batch, placement, here, there };
    let mut bench = Bench::new(plan, "ns");
    let children = same_mechanism(&setting, &mut bench)?;
    usual_ways(&setting, &mut bench)?;
    let outcome = bench.run(plan.rounds(rounds[0], rounds[1]))?;
    drop(children);
    if !plan.node {
        return Ok(outcome);
    }
    Ok(outcome.and(node::usual_ways(&setting, plan.rounds(node_rounds[0], node_rounds[1]))?))
}

/// The far ends of every mechanism in forked children, which are returned, and in threads.
fn same_mechanism<'a>(setting: &Setting<'a>, bench: &mut Bench<'a>) -> io::Result<Vec<Forked>> {
    let &Setting { message, batch, placement, there, .. } = setting;
    let size = message.len();
    let mechanisms: Vec<&Mechanism> = mechanism::ALL.iter().filter(|one| (one.fits)(size, placement)).collect();
    let over = |mut near: Near| move || checked(message, |bytes| near(bytes, batch));
    let mut children = Vec::new(); // all of them before the first thread: fork copies only one
    for mechanism in &mechanisms {
        let (near, far) = (mechanism.pair)(size)?;
        let child = in_process(far)?;
        pin(child.pid(), there)?;
        children.push(child);
        bench.arm(format!("process: {}", mechanism.name), Process, over(near));
    }
    for mechanism in mechanisms {
        let (process, thread) = (format!("process: {}", mechanism.name), format!("thread: {}", mechanism.name));
        let (near, far) = (mechanism.pair)(size)?;
        pin(in_thread(far)?, there)?;
        bench.arm(&*thread, Thread, over(near));
        bench.pair(process, thread);
    }
    let (near, far) = (mechanism::PIPE.pair)(size)?;
    pin(in_thread(far)?, there)?;
    bench.arm("control: thread: pipe, again", Boundary::None, over(near));
    bench.pair("control: thread: pipe, again", "thread: pipe");
    Ok(children)
}

/// A message moved through a channel, as a thread gets it; the same with a copy made; and one over ipc-channel.
fn usual_ways<'a>(setting: &Setting<'a>, bench: &mut Bench<'a>) -> io::Result<()> {
    let &Setting { message, batch, there, .. } = setting;
    let (moving, cloning) = (Channel::start()?, Channel::start()?);
    let ipc_channel = BulkEcho::start(&setting.plan.program)?;
    for tid in [moving.tid(), cloning.tid(), ipc_channel.pid() as i32] {
        pin(tid, there)?;
    }
    let mut arm = |name, boundary, mut round_trip: Box<dyn FnMut(Vec<u8>) -> io::Result<Vec<u8>>>| {
        bench.arm(name, boundary, move || {
            checked(message, |bytes| {
                time_each(batch, || {
                    *bytes = round_trip(std::mem::take(bytes))?;
                    Ok(())
                })
            })
        });
    };
    arm("thread: channel", Thread, Box::new(move |bytes| moving.round_trip(bytes)));
    arm("thread: channel, cloned", Thread, Box::new(move |bytes| cloning.round_trip(bytes.clone())));
    arm("process: ipc-channel", Process, Box::new(move |bytes| ipc_channel.round_trip(&bytes)));
    bench.pair("process: ipc-channel", "thread: channel");
    bench.pair("process: ipc-channel", "thread: channel, cloned");
    Ok(())
}

/// Looks, once a sample and outside the time that is taken, whether what came back is what was sent.
fn checked(message: &[u8], sample: impl FnOnce(&mut Vec<u8>) -> io::Result<f64>) -> io::Result<f64> {
    let mut bytes = message.to_vec();
    let ns = sample(&mut bytes)?;
    if bytes == message { Ok(ns) } else { Err(io::Error::other(format!("{} bytes came back changed", message.len()))) }
}

/// Runs the far end in a thread, which ends with this process; its id in the kernel.
pub(super) fn in_thread(far: Far) -> io::Result<i32> {
    let (tell, told) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        let _ = tell.send(gettid().as_raw());
        far();
    })?;
    told.recv().map_err(|_| io::Error::other("the far end did not start"))
}

/// Runs the far end in a forked child.
pub(super) fn in_process(far: Far) -> io::Result<Forked> {
    fork(|| {
        far();
        0
    })
}
