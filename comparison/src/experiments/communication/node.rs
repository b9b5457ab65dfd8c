//! The usual ways of Node.js to a Worker and to a child process; its main thread is the near end.

use std::cell::RefCell;
use std::fs;
use std::io;

use serde_json::json;

use super::Setting;
use crate::bench::Bench;
use crate::experiments::Outcome;
use crate::node::Node;
use crate::placement::pin;
use crate::report::Boundary::{Process, Thread};

const SCRIPT: &str = include_str!("round_trips.js");

pub(super) fn usual_ways(setting: &Setting, rounds: usize) -> io::Result<Outcome> {
    let node = RefCell::new(Node::start(&setting.plan.program, SCRIPT)?);
    let children: Vec<i32> = node.borrow_mut().ask(&json!({ "size": setting.message.len() }))?;
    place(node.borrow().pid(), &children, setting)?;
    let mut bench = Bench::new(setting.plan, "ns");
    for (boundary, unit, by) in [
        (Thread, "thread", "postMessage"),
        (Thread, "thread", "SharedArrayBuffer"),
        (Process, "process", "send"),
        (Process, "process", "send, advanced"),
    ] {
        let (node, question) = (&node, json!({ "by": by, "count": setting.batch }));
        bench.arm(format!("node {unit}: {by}"), boundary, move || node.borrow_mut().ask(&question));
    }
    bench.pair("node process: send", "node thread: postMessage");
    bench.pair("node process: send, advanced", "node thread: postMessage");
    let outcome = bench.run(rounds)?;
    node.borrow_mut().ask::<u8>(&json!({}))?; // its children end, and are waited for
    Ok(outcome)
}

/// Keeps Node's main thread here, its other threads and its children there.
fn place(main: i32, children: &[i32], setting: &Setting) -> io::Result<()> {
    for pid in children.iter().chain([&main]) {
        for task in fs::read_dir(format!("/proc/{pid}/task"))? {
            let tid = task?.file_name().to_string_lossy().parse().map_err(io::Error::other)?;
            pin(tid, if tid == main { setting.here } else { setting.there })?;
        }
    }
    Ok(())
}
