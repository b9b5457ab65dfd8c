//! The usual ways of Node.js to a Worker and to a child process; its main thread is the near end.

use std::cell::RefCell;
use std::fs;
use std::io;

use serde_json::json;

use super::Setting;
use crate::bench::Bench;
use crate::experiments::{Samples, Stop};
use crate::node::Node;
use crate::placement::pin;

const SCRIPT: &str = include_str!("../../node/round_trips.js");

pub(super) fn usual_ways(setting: &Setting, rounds: usize) -> Result<Samples, Stop> {
    let node = RefCell::new(Node::start(&setting.plan.program, SCRIPT)?);
    let children: Vec<i32> = node.borrow_mut().ask(&json!({ "size": setting.message.len() }))?;
    place(node.borrow().pid(), &children, setting)?;
    let mut bench = Bench::new(setting.plan, "ns");
    for (unit, by) in
        [("thread", "postMessage"), ("thread", "SharedArrayBuffer"), ("process", "send"), ("process", "send, advanced")]
    {
        let (node, question) = (&node, json!({ "by": by, "count": setting.batch }));
        bench.arm(format!("node {unit}: {by}"), move || node.borrow_mut().ask(&question));
    }
    bench.pair("node process: send", "node thread: postMessage");
    bench.pair("node process: send, advanced", "node thread: postMessage");
    let samples = bench.run(rounds)?;
    node.borrow_mut().ask::<u8>(&json!({}))?; // its children end, and are waited for
    Ok(samples)
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
