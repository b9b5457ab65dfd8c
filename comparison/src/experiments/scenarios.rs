//! "When to use what": each scenario with every candidate. The winner is found from the data.

use std::io;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use process_basics::echo::Echo;
use process_basics::spawn::{self, End};
use thread_basics::exec;

use super::candidates::{CANDIDATES, Cost, Job, Jobs};
use super::files::{PART, PARTS, Warm};
use super::{Outcome, Plan, Spec, work};
use crate::bench::interleave;
use crate::placement::ONE_CPU;
use crate::report::Boundary;
use crate::stats;

pub(super) const SPECS: &[Spec] = &[
    Spec {
        id: "scenario.cpu_intensive",
        about: "a loop with CPU-bound jobs: inline, thread, process, pool",
        takes: [1.0, 4.0],
        deadline: 60,
        run: cpu_intensive,
    },
    Spec {
        id: "scenario.file_io",
        about: "a loop with file reads: inline, thread, process, pool",
        takes: [1.0, 4.0],
        deadline: 60,
        run: file_io,
    },
    Spec {
        id: "scenario.another_program",
        about: "run another program and go on: thread, process",
        takes: [1.0, 4.0],
        deadline: 30,
        run: another_program,
    },
];

fn cpu_intensive(plan: &Plan) -> io::Result<Outcome> {
    if plan.cpus.len() < 2 {
        return Ok(Outcome::Skipped(ONE_CPU.to_owned()));
    }
    let steps = work::steps_in(Duration::from_millis(40));
    let job = |part: Range<u64>| Box::new(move || Ok(work::sum(part.clone()))) as Job;
    let jobs: Jobs = work::parts(steps, 8).map(job).collect();
    compete(plan, &jobs, work::sum(0..steps))
}

fn file_io(plan: &Plan) -> io::Result<Outcome> {
    let file = Warm::new(PARTS)?;
    let jobs: Jobs = (0..file.parts).map(|part| Box::new(file.reader(part)) as Job).collect();
    compete(plan, &jobs, (file.parts * PART) as u64)
}

/// Every candidate does all the jobs, again and again; its total time, and the longest delay of the loop meanwhile.
fn compete(plan: &Plan, jobs: &Jobs, expected: u64) -> io::Result<Outcome> {
    let costs = interleave(plan, plan.rounds(30, 100), CANDIDATES.len(), |turn| {
        let cost = CANDIDATES[turn].run(jobs)?;
        work::check(cost.result, expected)?;
        Ok(cost)
    })?;
    let mut arms = Vec::new();
    for (candidate, costs) in CANDIDATES.iter().zip(&costs) {
        let arm = |what: &str, of: fn(&Cost) -> Duration| {
            let samples = costs.iter().map(|cost| of(cost).as_nanos() as f64).collect();
            stats::arm(&format!("{}: {what}", candidate.name), candidate.boundary, "ns", samples)
        };
        arms.extend([arm("total", |cost| cost.total), arm("loop delay", |cost| cost.delay)]);
    }
    let names: Vec<String> = arms.iter().map(|arm| arm.name.clone()).collect();
    Ok(Outcome::measured(arms, &pairs(&names), plan.seed))
}

/// Every total with every other, every delay with every other: each pair once, the control's above.
fn pairs(names: &[String]) -> Vec<[&str; 2]> {
    let what = |name: &str| name.rsplit(": ").next().map(str::to_owned);
    let mut pairs = Vec::new();
    for (n, below) in names.iter().enumerate() {
        for above in &names[n + 1..] {
            let control = above.starts_with("control:");
            if what(above) == what(below) && (!control || below.starts_with("inline:")) {
                pairs.push([above.as_str(), below.as_str()]);
            }
        }
    }
    pairs
}

/// The script ends with a code that nothing else here ends with, so that it is seen to have run.
fn another_program(plan: &Plan) -> io::Result<Outcome> {
    let trials = plan.rounds(5, 20);
    let (mut as_process, mut went_on, mut in_thread) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..trials {
        let mut sibling = Echo::start(&plan.program, 1)?;
        as_process.push(spawn::run(Path::new("sh"), &["-c", "exit 42"])? == End::Exited(42));
        went_on.push(sibling.answers()); // it is we who ask it
        in_thread.push(exec::in_thread(&plan.program)?);
    }
    let ran = in_thread.iter().map(|after| after.program_ran);
    let starter = in_thread.iter().map(|after| after.starter_went_on);
    let arms = vec![
        stats::yes_or_no("process: program ran", Boundary::Process, "yes", as_process),
        stats::yes_or_no("process: starter went on", Boundary::Process, "yes", went_on),
        stats::yes_or_no("thread: program ran", Boundary::Thread, "yes", ran),
        stats::yes_or_no("thread: starter went on", Boundary::Thread, "yes", starter),
    ];
    Ok(Outcome::counted(arms))
}
