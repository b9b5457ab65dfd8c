//! The usual ways of Node.js to a Worker and to a child process; its main thread is the near end.

use std::fs;
use std::io;

use serde_json::json;

use super::Setting;
use crate::experiments::node::take;
use crate::experiments::{Samples, Stop};
use crate::node::Node;
use crate::placement::pin;

const SCRIPT: &str = include_str!("../../node/round_trips.js");

pub(super) fn usual_ways(setting: &Setting, rounds: usize) -> Result<Samples, Stop> {
    let mut node = Node::start(&setting.plan.program, SCRIPT)?;
    let children: Vec<i32> = node.ask(&json!({ "size": setting.message.len() }))?;
    place(node.pid(), &children, setting)?;
    let ways = [
        ("thread", "postMessage"),
        ("thread", "SharedArrayBuffer"),
        ("process", "send"),
        ("process", "send, advanced"),
    ];
    let arms = ways.map(|(unit, by)| (format!("node {unit}: {by}"), json!({ "by": by, "count": setting.batch })));
    let [posted, _, sent, advanced] = arms.each_ref().map(|(name, _)| name.as_str());
    take(setting.plan, node, ("ns", [""]), &arms, &[[sent, posted], [advanced, posted]], rounds)
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
