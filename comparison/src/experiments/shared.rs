//! What a process has: is a change of it by a thread, or by a forked child, seen by who started that?

use std::array;

use process_basics::what_is_shared::{CHANGES, after_fork};
use thread_basics::more::what_is_shared::after_thread;

use super::samples::yes;
use super::{Plan, Samples, Stop};
use crate::bench::Bench;

/// Both chapters make the same changes.
pub(super) fn what(plan: &Plan) -> Result<Samples, Stop> {
    let mut bench = Bench::of(plan, "shared", CHANGES.map(|(what, _)| what));
    bench.arm_of("thread", || {
        let noticed = after_thread(&plan.program)?;
        Ok(array::from_fn(|change| yes(noticed[change])))
    });
    bench.arm_of("process", || Ok(after_fork()?.map(yes)));
    bench.run(plan.rounds(3, 10))
}
