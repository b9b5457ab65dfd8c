//! The same bytes to a thread and to a process: over the same mechanism, and over the usual one of each.

use std::fs;
use std::io;
use std::mem;
use std::sync::mpsc;
use std::thread;

use ipc_channel::IpcError;
use ipc_channel::ipc;
use nix::unistd::gettid;
use process_basics::fork::{Forked, fork};
use serde_json::json;

use crate::measure::bench::{Bench, time_each};
use crate::measure::placement::{Placement, pin};
use crate::measure::plan::{Plan, Samples, Stop};
use crate::node::{self, Node};

mod mechanism; // pipes, sockets, memory: pairs of ends
mod shared; // memory that both ends have

use mechanism::{Far, Mechanism, Near};

/// Mechanisms that are the same on both sides: process, thread.
pub(crate) const SAME: [[&str; 2]; 3] = [
    ["process: pipe", "thread: pipe"],
    ["process: socketpair", "thread: socketpair"],
    ["process: shared memory", "thread: shared memory"],
];
/// The usual way on each side.
pub(crate) const USUAL: [&str; 2] = ["process: ipc-channel", "thread: channel"];
const CONTROL: &str = "control: thread: pipe, again";

/// Sizes of a message, and how many round trips a sample has.
pub(crate) const SIZES: [(&str, usize, u32); 3] = [("64 B", 64, 20), ("64 KiB", 64 << 10, 3), ("1 MiB", 1 << 20, 1)];

pub(crate) const NODE_WAYS: [(&str, &str); 4] = [
    ("node thread: postMessage", "postMessage"),
    ("node thread: SharedArrayBuffer", "SharedArrayBuffer"),
    ("node process: send", "send"),
    ("node process: send, advanced", "send, advanced"),
];

/// Round trips of messages of one of the [`SIZES`].
pub(crate) fn round_trips(plan: &Plan, size: usize, placement: Placement) -> Result<Samples, Stop> {
    let (here, there) = plan.place(placement)?;
    pin(0, here)?;
    let (_, size, batch) = SIZES[size];
    let message: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
    let message = message.as_slice();
    let mut bench = Bench::new(plan, "ns");
    let over = |mut near: Near| move || checked(message, |bytes| near(bytes, batch));
    let mut children = Vec::new(); // all of them before the first thread: fork copies only one
    for (mechanism, [process, _]) in mechanism::ALL.iter().zip(SAME) {
        let (near, far) = (mechanism.pair)(size)?;
        children.push(in_process(far, there)?);
        bench.arm(process, over(near));
    }
    let (mut round_trip, child) = over_ipc_channel(there)?;
    children.push(child);
    bench.arm(USUAL[0], move || checked(message, |bytes| time_each(batch, || round_trip(bytes))));
    let again = Mechanism { name: "pipe, again", ..mechanism::PIPE };
    for mechanism in mechanism::ALL.iter().chain([&again]) {
        let (near, far) = (mechanism.pair)(size)?;
        pin(in_thread(far)?, there)?;
        let own = SAME.iter().map(|[_, thread]| *thread).find(|name| name.ends_with(mechanism.name));
        bench.arm(own.unwrap_or(CONTROL), over(near));
    }
    let mut round_trip = over_channel(there)?;
    bench.arm(USUAL[1], move || checked(message, |bytes| time_each(batch, || round_trip(bytes))));
    SAME.iter().chain([&USUAL]).for_each(|[process, thread]| bench.pair(process, thread));
    bench.pair(CONTROL, SAME[0][1]);
    let samples = bench.run();
    drop(children);
    samples
}

type RoundTrip = Box<dyn FnMut(&mut Vec<u8>) -> io::Result<()>>;

/// A message is moved through a channel to a thread, and back.
fn over_channel(there: usize) -> io::Result<RoundTrip> {
    let (to, inbox) = mpsc::channel::<Vec<u8>>();
    let (outbox, from) = mpsc::channel();
    let far = move || while inbox.recv().is_ok_and(|message| outbox.send(message).is_ok()) {};
    pin(in_thread(Box::new(far))?, there)?;
    let gone = || io::Error::other("the thread at the other end of the channel is gone");
    Ok(Box::new(move |bytes| {
        to.send(mem::take(bytes)).map_err(|_| gone())?;
        *bytes = from.recv().map_err(|_| gone())?;
        Ok(())
    }))
}

/// A message of bytes goes over ipc-channel to a forked child, and back.
fn over_ipc_channel(there: usize) -> io::Result<(RoundTrip, Forked)> {
    let (to, inbox) = ipc::bytes_channel()?;
    let (outbox, from) = ipc::bytes_channel()?;
    let far = move || while inbox.recv().is_ok_and(|message| outbox.send(&message).is_ok()) {};
    let child = in_process(Box::new(far), there)?;
    let into_io = |error| match error {
        IpcError::Io(error) => error,
        other => io::Error::other(format!("ipc-channel: {other}")),
    };
    let round_trip = move |bytes: &mut Vec<u8>| {
        to.send(bytes)?;
        *bytes = from.recv().map_err(into_io)?;
        Ok(())
    };
    Ok((Box::new(round_trip), child))
}

/// Looks, once a sample and outside the time that is taken, whether what came back is what was sent.
fn checked(message: &[u8], sample: impl FnOnce(&mut Vec<u8>) -> io::Result<f64>) -> io::Result<f64> {
    let mut bytes = message.to_vec();
    let ns = sample(&mut bytes)?;
    if bytes == message { Ok(ns) } else { Err(io::Error::other(format!("{} bytes came back changed", message.len()))) }
}

/// Runs one end in a thread, which ends with this process; its id in the kernel.
fn in_thread(far: Far) -> io::Result<i32> {
    let (tid_tx, tid_rx) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        let _ = tid_tx.send(gettid().as_raw());
        far();
    })?;
    tid_rx.recv().map_err(|_| io::Error::other("the thread of the other end did not start"))
}

/// Runs one end in a forked child on that CPU.
fn in_process(far: Far, there: usize) -> io::Result<Forked> {
    let child = fork(|| {
        far();
        0
    })?;
    pin(child.pid(), there)?;
    Ok(child)
}

/// The usual ways of Node.js, with each of the sizes; its main thread is one end.
pub(crate) fn in_node(plan: &Plan, placement: Placement) -> Result<Samples, Stop> {
    let (here, there) = plan.place(placement)?;
    let mut node = Node::start(&plan.program, include_str!("../../node/round_trips.js"))?;
    let sizes: Vec<usize> = SIZES.iter().map(|(_, bytes, _)| *bytes).collect();
    let children: Vec<i32> = node.ask(&json!({ "sizes": sizes }))?;
    for pid in children.iter().chain([&node.pid()]) {
        for task in fs::read_dir(format!("/proc/{pid}/task"))? {
            let tid = task?.file_name().to_string_lossy().parse().map_err(io::Error::other)?;
            pin(tid, if tid == node.pid() { here } else { there })?;
        }
    }
    let mut arms = Vec::new();
    for (label, bytes, batch) in SIZES {
        for (name, by) in NODE_WAYS.into_iter().chain([("control: node postMessage, again", "postMessage")]) {
            arms.push((format!("{name}, {label}"), json!({ "by": by, "size": bytes, "count": batch.min(5) })));
        }
    }
    let mut pairs: Vec<[String; 2]> = Vec::new();
    for (label, ..) in SIZES {
        let posted = format!("{}, {label}", NODE_WAYS[0].0);
        for above in [NODE_WAYS[2].0, NODE_WAYS[3].0, "control: node postMessage, again"] {
            pairs.push([format!("{above}, {label}"), posted.clone()]);
        }
    }
    let pairs: Vec<[&str; 2]> = pairs.iter().map(|[above, below]| [above.as_str(), below.as_str()]).collect();
    node::take(plan, node, ("ns", &[""]), &arms, &pairs)
}
