//! The same bytes to a thread and to a process: over the same mechanism, and over the usual one of each.

use std::fs;
use std::io::{self, Read, Write};
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

/// The same mechanism on both sides: process, thread.
pub(crate) const PIPE: [&str; 2] = ["process: pipe", "thread: pipe"];
/// The usual way on each side.
pub(crate) const USUAL: [&str; 2] = ["process: ipc-channel", "thread: channel"];
const CONTROL: &str = "control: thread: pipe, again";

/// Sizes of a message, and how many round trips a sample has.
pub(crate) const SIZES: [(&str, usize, u32); 3] = [("64 B", 64, 20), ("64 KiB", 64 << 10, 3), ("1 MiB", 1 << 20, 1)];

pub(crate) const POSTED: &str = "node thread: postMessage";
pub(crate) const SENT: &str = "node process: send";
pub(crate) const ADVANCED: &str = "node process: send, advanced";
const NODE_CONTROL: &str = "control: node postMessage, again";

/// One round trip of a message, which comes back into its place.
type RoundTrip = Box<dyn FnMut(&mut Vec<u8>) -> io::Result<()>>;

/// The other end: sends every message back, for as long as its process lives. The same closure runs in a thread and in a
/// forked child, so that only the boundary differs.
type Far = Box<dyn FnOnce() + Send>;

/// Round trips of messages of one of the [`SIZES`].
pub(crate) fn round_trips(plan: &Plan, size: usize, placement: Placement) -> Result<Samples, Stop> {
    let (here, there) = plan.place(placement)?;
    pin(0, here)?;
    let (_, size, batch) = SIZES[size];
    let message: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
    let mut bench = Bench::new(plan, "ns");
    let mut children = Vec::new(); // all of them before the first thread: fork copies only one
    for (name, (mut near, far)) in [(PIPE[0], over_pipes(size)?), (USUAL[0], over_ipc_channel()?)] {
        children.push(in_process(far, there)?);
        let message = &message;
        bench.arm(name, move || checked(message, batch, &mut near));
    }
    for (name, (mut near, far)) in
        [(PIPE[1], over_pipes(size)?), (CONTROL, over_pipes(size)?), (USUAL[1], over_channel()?)]
    {
        pin(in_thread(far)?, there)?;
        let message = &message;
        bench.arm(name, move || checked(message, batch, &mut near));
    }
    [PIPE, USUAL, [CONTROL, PIPE[1]]].iter().for_each(|[above, below]| bench.pair(above, below));
    let samples = bench.run();
    drop(children);
    samples
}

fn over_pipes(size: usize) -> io::Result<(RoundTrip, Far)> {
    let ((mut inbox, mut to), (mut from, mut outbox)) = (io::pipe()?, io::pipe()?);
    let far = move || {
        let mut message = vec![0; size];
        while inbox.read_exact(&mut message).is_ok() && outbox.write_all(&message).is_ok() {}
    };
    let near = move |message: &mut Vec<u8>| {
        to.write_all(message)?;
        from.read_exact(message)
    };
    Ok((Box::new(near), Box::new(far)))
}

/// A message is moved through a channel to a thread, and back.
fn over_channel() -> io::Result<(RoundTrip, Far)> {
    let (to, inbox) = mpsc::channel::<Vec<u8>>();
    let (outbox, from) = mpsc::channel();
    let far = move || while inbox.recv().is_ok_and(|message| outbox.send(message).is_ok()) {};
    let gone = || io::Error::other("the thread at the other end of the channel is gone");
    let near = move |bytes: &mut Vec<u8>| {
        to.send(mem::take(bytes)).map_err(|_| gone())?;
        *bytes = from.recv().map_err(|_| gone())?;
        Ok(())
    };
    Ok((Box::new(near), Box::new(far)))
}

/// A message of bytes goes over ipc-channel to a forked child, and back.
fn over_ipc_channel() -> io::Result<(RoundTrip, Far)> {
    let (to, inbox) = ipc::bytes_channel()?;
    let (outbox, from) = ipc::bytes_channel()?;
    let far = move || while inbox.recv().is_ok_and(|message| outbox.send(&message).is_ok()) {};
    let into_io = |error| match error {
        IpcError::Io(error) => error,
        other => io::Error::other(format!("ipc-channel: {other}")),
    };
    let near = move |bytes: &mut Vec<u8>| {
        to.send(bytes)?;
        *bytes = from.recv().map_err(into_io)?;
        Ok(())
    };
    Ok((Box::new(near), Box::new(far)))
}

/// The time of one of some round trips; looks, outside of that time, whether what came back is what was sent.
fn checked(message: &[u8], count: u32, round_trip: &mut RoundTrip) -> io::Result<f64> {
    let mut bytes = message.to_vec();
    let ns = time_each(count, || round_trip(&mut bytes))?;
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
    let ways = [(POSTED, "postMessage"), (SENT, "send"), (ADVANCED, "send, advanced"), (NODE_CONTROL, "postMessage")];
    let (mut arms, mut pairs) = (Vec::new(), Vec::new());
    for (label, bytes, batch) in SIZES {
        for (name, by) in ways {
            arms.push((format!("{name}, {label}"), json!({ "by": by, "size": bytes, "count": batch.min(5) })));
        }
        pairs.extend([SENT, ADVANCED, NODE_CONTROL].map(|way| [way, POSTED].map(|way| format!("{way}, {label}"))));
    }
    node::take(plan, node, &[""], &arms, &pairs)
}
