//! A context switch: two units on one CPU hand a word to each other, so that one runs when the other sleeps.

use super::communication::mechanism::{FUTEX, Near};
use super::communication::shared::Shared;
use super::communication::{in_process, in_thread};
use super::{Plan, Samples, Stop};
use crate::bench::{Bench, time_each};
use crate::placement::pin;

const SWITCHES: u32 = 100;

pub(super) fn switches(plan: &Plan) -> Result<Samples, Stop> {
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
    bench.arm("process", half(process));
    bench.arm("thread", half(thread));
    bench.arm("control: thread, again", half(again));
    bench.arm("the same two calls, without a switch", move || {
        time_each(SWITCHES, || {
            alone.change(1); // nobody sleeps
            alone.sleep_while(0); // nor do we: it is 1
            Ok(())
        })
    });
    bench.pair("process", "thread");
    bench.pair("control: thread, again", "thread");
    let samples = bench.run(plan.rounds(100, 1000));
    drop(child);
    samples
}
