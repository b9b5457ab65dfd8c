//! Is a write seen on the other side? What does one more unit cost in memory?

use std::cell::RefCell;
use std::io;
use std::process;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Barrier};
use std::thread;

use nix::unistd::getppid;
use process_basics::echo::Echo;
use process_basics::footprint;
use process_basics::fork::{Forked, fork};
use process_basics::mapping::Mapping;
use process_basics::memory::{WRITTEN, write_in_child};
use process_basics::spawn::End;
use serde::Deserialize;
use serde_json::json;
use thread_basics::memory::write_in_thread;

use super::{Outcome, Plan, Spec};
use crate::bench::{Bench, interleave};
use crate::node::Node;
use crate::report::Boundary;
use crate::stats::yes_or_no;

pub(super) const SPECS: &[Spec] = &[
    Spec {
        id: "memory.visible",
        about: "is a write seen on the other side?",
        takes: [0.2, 0.3],
        deadline: 20,
        run: visible,
    },
    Spec {
        id: "memory.per_unit",
        about: "what does one more idle unit cost?",
        takes: [0.8, 2.6],
        deadline: 30,
        run: per_unit,
    },
];

const SEEN: &str = "writes seen";

fn visible(plan: &Plan) -> io::Result<Outcome> {
    let seen = |value: u64| if value == WRITTEN { 1.0 } else { 0.0 };
    let mut bench = Bench::new(plan, SEEN);
    bench.arm("thread: shared heap", Boundary::Thread, || Ok(seen(write_in_thread(true)?.starter)));
    bench.arm("process: private memory", Boundary::Process, || {
        Ok(seen(write_in_child(&Mapping::private(1)?, true)?.parent))
    });
    bench
        .arm("process: MAP_SHARED", Boundary::Process, || Ok(seen(write_in_child(&Mapping::shared(1)?, true)?.parent)));
    bench.arm("control: thread, no writer", Boundary::Thread, || Ok(seen(write_in_thread(false)?.starter)));
    bench.arm("control: process, no writer", Boundary::Process, || {
        Ok(seen(write_in_child(&Mapping::shared(1)?, false)?.parent))
    });
    let ours = bench.run(plan.rounds(20, 100))?;
    if plan.node { Ok(ours.and(visible_in_node(plan)?)) } else { Ok(ours) }
}

const IN_NODE: &str = include_str!("memory.js");

/// What Node's main thread sees of a write to what it sent: to an object, and to memory that is shared.
#[derive(Deserialize)]
struct Seen {
    object: bool,
    shared: bool,
}

fn visible_in_node(plan: &Plan) -> io::Result<Outcome> {
    let mut node = Node::start(&plan.program, IN_NODE)?;
    let seen = interleave(plan, plan.rounds(20, 100), 2, |turn| -> io::Result<Seen> {
        node.ask(&json!({ "writer": if turn == 0 { "thread" } else { "process" } }))
    })?;
    node.ask::<u8>(&json!({ "end": true }))?;
    let arm = |name: &str, boundary, turn: usize, what: fn(&Seen) -> bool| {
        yes_or_no(name, boundary, SEEN, seen[turn].iter().map(what))
    };
    Ok(Outcome::counted(vec![
        arm("node thread: object posted", Boundary::Thread, 0, |seen| seen.object),
        arm("node thread: SharedArrayBuffer", Boundary::Thread, 0, |seen| seen.shared),
        arm("node process: object sent", Boundary::Process, 1, |seen| seen.object),
    ]))
}

fn per_unit(plan: &Plan) -> io::Result<Outcome> {
    if let Err(error) = footprint::of(process::id() as i32) {
        return Ok(Outcome::Skipped(format!("the kernel does not tell what memory costs (smaps_rollup): {error}")));
    }
    let mut bench = Bench::new(plan, "KiB");
    bench.arm("thread", Boundary::Thread, || in_fresh_process(|| idle_threads(64)));
    bench.arm("process: fork", Boundary::Process, || idle_forks(8));
    bench.arm("process: own program", Boundary::Process, || idle_programs(plan, 4));
    let ours = bench.run(plan.rounds(5, 20))?;
    if plan.node { Ok(ours.and(per_unit_in_node(plan)?)) } else { Ok(ours) }
}

/// What one more costs that answered a message: none of them ends before the last is counted.
fn per_unit_in_node(plan: &Plan) -> io::Result<Outcome> {
    let node = RefCell::new(Node::start(&plan.program, IN_NODE)?);
    let children = RefCell::new(Vec::new());
    let one_more = |unit: &str| {
        let before = node_pss(node.borrow().pid(), &children.borrow())?;
        *children.borrow_mut() = node.borrow_mut().ask::<Vec<i32>>(&json!({ "idle": unit }))?;
        Ok(node_pss(node.borrow().pid(), &children.borrow())? - before)
    };
    let mut bench = Bench::new(plan, "KiB");
    bench.arm("node thread: Worker", Boundary::Thread, || one_more("thread"));
    bench.arm("node process: fork", Boundary::Process, || one_more("process"));
    let outcome = bench.run(plan.rounds(4, 15))?;
    node.borrow_mut().ask::<u8>(&json!({ "end": true }))?;
    Ok(outcome)
}

fn node_pss(main: i32, children: &[i32]) -> io::Result<f64> {
    children.iter().chain([&main]).map(|&pid| Ok(footprint::of(pid)?.pss as f64)).sum()
}

/// PSS of this process and of its parent, which maps the same program: what both map counts half in each.
fn family_pss() -> io::Result<f64> {
    Ok((footprint::of(process::id() as i32)?.pss + footprint::of(getppid().as_raw())?.pss) as f64)
}

/// Measures in a forked child: here the C library would keep the stacks of joined threads for the next ones.
fn in_fresh_process(measure: impl FnOnce() -> io::Result<f64>) -> io::Result<f64> {
    let told = Mapping::shared(1)?;
    let child = fork(|| match measure() {
        Ok(kib) => {
            told.page(0).store(kib.to_bits(), SeqCst);
            0
        }
        Err(_) => 1,
    })?;
    match child.wait()? {
        End::Exited(0) => Ok(f64::from_bits(told.page(0).load(SeqCst))),
        end => Err(io::Error::other(format!("the child that measures idle threads {end}"))),
    }
}

/// KiB that each of `count` idle threads adds to this process.
fn idle_threads(count: usize) -> io::Result<f64> {
    let before = footprint::of(process::id() as i32)?.pss as f64;
    let idle = Arc::new(Barrier::new(count + 1));
    for _ in 0..count {
        let idle = Arc::clone(&idle);
        thread::Builder::new().spawn(move || {
            idle.wait(); // all are up
            idle.wait(); // until the process ends
        })?;
    }
    idle.wait();
    Ok((footprint::of(process::id() as i32)?.pss as f64 - before) / count as f64)
}

/// KiB that each of `count` idle forked children adds to the family: a page shared by all is counted once.
fn idle_forks(count: usize) -> io::Result<f64> {
    let before = family_pss()?;
    let up = Mapping::shared(1)?;
    let idle = || {
        up.page(0).fetch_add(1, SeqCst);
        loop {
            nix::unistd::pause(); // until the parent kills it
        }
    };
    let children: Vec<Forked> = (0..count).map(|_| fork(idle)).collect::<io::Result<_>>()?;
    while up.page(0).load(SeqCst) < count as u64 {
        if children.iter().any(|child| child.has_ended().unwrap_or(true)) {
            return Err(io::Error::other("an idle child ended"));
        }
        thread::yield_now();
    }
    let pids: Vec<i32> = children.iter().map(Forked::pid).collect();
    per_child(before, &pids)
}

/// KiB that each of `count` idle children with a program of their own adds to the family.
fn idle_programs(plan: &Plan, count: usize) -> io::Result<f64> {
    let before = family_pss()?;
    let mut children: Vec<Echo> = (0..count).map(|_| Echo::start(&plan.program, 1)).collect::<io::Result<_>>()?;
    if !children.iter_mut().all(Echo::answers) {
        return Err(io::Error::other("an idle child did not answer"));
    }
    let pids: Vec<i32> = children.iter().map(|child| child.pid() as i32).collect();
    per_child(before, &pids)
}

fn per_child(before: f64, children: &[i32]) -> io::Result<f64> {
    let mut after = family_pss()?;
    for &pid in children {
        after += footprint::of(pid)?.pss as f64;
    }
    Ok((after - before) / children.len() as f64)
}
