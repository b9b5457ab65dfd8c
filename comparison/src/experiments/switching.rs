//! A context switch: two units on one CPU hand a word to each other, so that one runs when the other sleeps.

use std::io;

use super::communication::mechanism::{FUTEX, Near};
use super::communication::shared::Shared;
use super::communication::{in_process, in_thread};
use super::{Outcome, Plan, Spec};
use crate::bench::{Bench, time_each};
use crate::placement::pin;
use crate::report::Boundary;

pub(super) const SPECS: &[Spec] = &[Spec {
    id: "overhead.context_switch",
    about: "from one unit to another on one CPU",
    takes: [0.1, 0.8],
    deadline: 30,
    run: switches,
}];

const SWITCHES: u32 = 100;

fn switches(plan: &Plan) -> io::Result<Outcome> {
    pin(0, plan.cpus[0])?; // the others inherit it
    let (process, far) = (FUTEX.pair)(1)?;
    let child = in_process(far)?;
    let (thread, far) = (FUTEX.pair)(1)?;
    in_thread(far)?;
    let (again, far) = (FUTEX.pair)(1)?;
    in_thread(far)?;
    let alone = Shared::new(1)?;

    // A round trip has two switches.
    let half = |mut near: Near| move || Ok(near(&mut [7], SWITCHES / 2)? / 2.0);
    let mut bench = Bench::new(plan, "ns");
    bench.arm("process", Boundary::Process, half(process));
    bench.arm("thread", Boundary::Thread, half(thread));
    bench.arm("control: thread, again", Boundary::None, half(again));
    bench.arm("the same two calls, without a switch", Boundary::None, move || {
        time_each(SWITCHES, || {
            alone.change(1); // nobody sleeps
            alone.sleep_while(0); // nor do we: it is 1
            Ok(())
        })
    });
    bench.pair("process", "thread");
    bench.pair("control: thread, again", "thread");
    let outcome = bench.run(plan.rounds(100, 1000));
    drop(child);
    outcome
}
