//! The same bytes to a thread and to a process: over the same mechanism, and over the usual one of each.

use std::io;

use process_basics::bulk::BulkEcho;
use process_basics::echo::Echo as ProcessPipe;
use thread_basics::echo::PipeEcho as ThreadPipe;
use thread_basics::message::Echo as Channel;

use super::{Outcome, Plan, Spec};
use crate::bench::{Bench, time_each};
use crate::placement::{ONE_CPU, Placement, pin};
use crate::report::Boundary::{self, Process, Thread};

pub(super) const SPECS: &[Spec] = &[
    Spec {
        id: "communication.round_trip.64B.same_cpu",
        about: "64 bytes there and back, both ends on one CPU",
        takes: [1.0, 4.0],
        deadline: 60,
        run: |plan| round_trips(plan, 64, 20, Placement::SameCpu),
    },
    Spec {
        id: "communication.round_trip.64B.two_cpus",
        about: "64 bytes there and back, each end on its own CPU",
        takes: [1.0, 4.0],
        deadline: 60,
        run: |plan| round_trips(plan, 64, 20, Placement::TwoCpus),
    },
    Spec {
        id: "communication.transfer.1MiB.same_cpu",
        about: "1 MiB there and back, both ends on one CPU",
        takes: [1.0, 4.0],
        deadline: 60,
        run: |plan| round_trips(plan, 1 << 20, 1, Placement::SameCpu),
    },
    Spec {
        id: "communication.transfer.1MiB.two_cpus",
        about: "1 MiB there and back, each end on its own CPU",
        takes: [1.0, 4.0],
        deadline: 60,
        run: |plan| round_trips(plan, 1 << 20, 1, Placement::TwoCpus),
    },
];

fn round_trips(plan: &Plan, size: usize, batch: u32, placement: Placement) -> io::Result<Outcome> {
    let Some((here, there)) = placement.choose(&plan.cpus) else {
        return Ok(Outcome::Skipped(ONE_CPU.to_owned()));
    };
    pin(0, here)?;
    let mut thread_pipe = ThreadPipe::start(size)?;
    let mut control = ThreadPipe::start(size)?;
    let mut process_pipe = ProcessPipe::start(&plan.program, size)?;
    let channel = Channel::start()?;
    let ipc_channel = BulkEcho::start(&plan.program)?;
    for tid in [thread_pipe.tid(), control.tid(), channel.tid(), process_pipe.pid() as i32, ipc_channel.pid() as i32] {
        pin(tid, there)?;
    }

    let message: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
    let returned = |bytes: &[u8]| {
        if bytes == message { Ok(()) } else { Err(io::Error::other(format!("{size} bytes came back changed"))) }
    };
    // What came back is looked at once a sample, outside the time that is taken.
    let over_pipe = |round_trip: &mut dyn FnMut(&mut [u8]) -> io::Result<()>| {
        let mut bytes = message.clone();
        let ns = time_each(batch, || round_trip(&mut bytes))?;
        returned(&bytes).map(|()| ns)
    };
    let mut bench = Bench::new(plan, "ns");
    bench.arm("thread: pipe", Thread, || over_pipe(&mut |bytes| thread_pipe.round_trip(bytes)));
    bench.arm("process: pipe", Process, || over_pipe(&mut |bytes| process_pipe.round_trip(bytes)));
    bench.arm("control: thread: pipe, again", Boundary::None, || over_pipe(&mut |bytes| control.round_trip(bytes)));
    bench.arm("thread: channel", Thread, || {
        let mut bytes = message.clone();
        let ns = time_each(batch, || {
            bytes = channel.round_trip(std::mem::take(&mut bytes))?;
            Ok(())
        })?;
        returned(&bytes).map(|()| ns)
    });
    bench.arm("thread: channel, cloned", Thread, || {
        let mut last = Vec::new();
        let ns = time_each(batch, || {
            last = channel.round_trip(message.clone())?;
            Ok(())
        })?;
        returned(&last).map(|()| ns)
    });
    bench.arm("process: ipc-channel", Process, || {
        let mut last = Vec::new();
        let ns = time_each(batch, || {
            last = ipc_channel.round_trip(&message)?;
            Ok(())
        })?;
        returned(&last).map(|()| ns)
    });
    bench.pair("process: pipe", "thread: pipe");
    bench.pair("process: ipc-channel", "thread: channel");
    bench.pair("process: ipc-channel", "thread: channel, cloned");
    bench.pair("control: thread: pipe, again", "thread: pipe");
    bench.run(plan.rounds(60, 300))
}
