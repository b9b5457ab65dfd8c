//! The same bytes to a thread and to a process: over the same mechanism, and over the usual one of each.

use std::io;
use std::mem;
use std::sync::mpsc;
use std::thread;

use nix::unistd::gettid;
use process_basics::bulk::BulkEcho;
use process_basics::fork::{Forked, fork};

use super::{Plan, Samples, Stop};
use crate::bench::{Bench, time_each};
use crate::placement::{Placement, pin};

pub(super) mod mechanism; // pipes, sockets, memory: pairs of ends
mod node; // the usual ways of Node.js
pub(super) mod shared; // memory that both ends have

use mechanism::{Far, Mechanism, Near};

/// How many round trips a sample has, and how many rounds: the larger the message, the fewer.
struct Effort {
    batch: u32,
    rounds: [usize; 2],
    node_rounds: [usize; 2],
}

fn effort(size: usize) -> Effort {
    match size {
        ..4_096 => Effort { batch: 20, rounds: [40, 400], node_rounds: [8, 40] },
        4_096..65_536 => Effort { batch: 10, rounds: [30, 300], node_rounds: [8, 40] },
        65_536..1_048_576 => Effort { batch: 3, rounds: [25, 200], node_rounds: [6, 30] },
        1_048_576..4_194_304 => Effort { batch: 1, rounds: [20, 100], node_rounds: [4, 20] },
        _ => Effort { batch: 1, rounds: [15, 100], node_rounds: [3, 10] },
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

pub(super) fn round_trips(plan: &Plan, size: usize, placement: Placement) -> Result<Samples, Stop> {
    let (here, there) = plan.place(placement)?;
    pin(0, here)?;
    let Effort { batch, rounds, node_rounds } = effort(size);
    let message: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
    let setting = Setting { plan, message: &message, batch, placement, here, there };
    let mut bench = Bench::new(plan, "ns");
    let children = same_mechanism(&setting, &mut bench)?;
    usual_ways(&setting, &mut bench)?;
    let samples = bench.run(plan.rounds(rounds[0], rounds[1]))?;
    drop(children);
    Ok(samples.with_node(plan, || node::usual_ways(&setting, plan.rounds(node_rounds[0], node_rounds[1]))))
}

/// The far ends of every mechanism in forked children, which are returned, and in threads.
fn same_mechanism<'a>(setting: &Setting<'a>, bench: &mut Bench<'a>) -> io::Result<Vec<Forked>> {
    let &Setting { message, batch, placement, there, .. } = setting;
    let size = message.len();
    let over = |mut near: Near| move || checked(message, |bytes| near(bytes, batch));
    let mechanisms = || mechanism::ALL.iter().filter(|one| (one.fits)(size, placement));
    let mut children = Vec::new(); // all of them before the first thread: fork copies only one
    for mechanism in mechanisms() {
        let (near, far) = (mechanism.pair)(size)?;
        let child = in_process(far)?;
        pin(child.pid(), there)?;
        children.push(child);
        bench.arm(format!("process: {}", mechanism.name), over(near));
    }
    let again = Mechanism { name: "pipe, again", ..mechanism::PIPE };
    for mechanism in mechanisms().chain([&again]) {
        let (near, far) = (mechanism.pair)(size)?;
        pin(in_thread(far)?, there)?;
        let control = if mechanism.name == again.name { "control: " } else { "" };
        bench.arm(format!("{control}thread: {}", mechanism.name), over(near));
    }
    mechanisms().for_each(|one| bench.pair(&format!("process: {}", one.name), &format!("thread: {}", one.name)));
    bench.pair("control: thread: pipe, again", "thread: pipe");
    Ok(children)
}

/// A message moved through a channel, as a thread gets it; the same with a copy made; and one over ipc-channel.
fn usual_ways<'a>(setting: &Setting<'a>, bench: &mut Bench<'a>) -> io::Result<()> {
    let &Setting { message, batch, there, .. } = setting;
    let (moving, moving_tid) = channel_echo()?;
    let (cloning, cloning_tid) = channel_echo()?;
    let ipc_channel = BulkEcho::start(&setting.plan.program)?;
    for tid in [moving_tid, cloning_tid, ipc_channel.pid() as i32] {
        pin(tid, there)?;
    }
    let mut arm = |name, mut round_trip: Box<dyn FnMut(Vec<u8>) -> io::Result<Vec<u8>>>| {
        let mut there_and_back = move |bytes: &mut Vec<u8>| round_trip(mem::take(bytes)).map(|back| *bytes = back);
        bench.arm(name, move || checked(message, |bytes| time_each(batch, || there_and_back(bytes))));
    };
    arm("thread: channel", moving);
    arm("thread: channel, cloned", Box::new(move |bytes| cloning(bytes.clone())));
    arm("process: ipc-channel", Box::new(move |bytes| ipc_channel.round_trip(&bytes)));
    bench.pair("process: ipc-channel", "thread: channel");
    bench.pair("process: ipc-channel", "thread: channel, cloned");
    Ok(())
}

type RoundTrip = Box<dyn Fn(Vec<u8>) -> io::Result<Vec<u8>>>;

/// A round trip to a thread over two channels, and the thread's id in the kernel. The thread ends with its channel.
fn channel_echo() -> io::Result<(RoundTrip, i32)> {
    let (message_tx, message_rx) = mpsc::sync_channel(1);
    let (echo_tx, echo_rx) = mpsc::sync_channel(1);
    let echo = move || while message_rx.recv().is_ok_and(|message| echo_tx.send(message).is_ok()) {};
    let tid = in_thread(Box::new(echo))?;
    let gone = || io::Error::other("the echoing thread is gone");
    let round_trip = move |message: Vec<u8>| {
        message_tx.send(message).map_err(|_| gone())?;
        echo_rx.recv().map_err(|_| gone())
    };
    Ok((Box::new(round_trip), tid))
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
