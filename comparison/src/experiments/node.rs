//! The document's own modules, asked in the real Node.js, where it is installed.

use std::io;
use std::process::Stdio;

use serde::Deserialize;

use super::{Outcome, Plan, Spec};
use crate::child;
use crate::report::Boundary;
use crate::stats;

pub(super) const SPECS: &[Spec] = &[Spec {
    id: "node.modules",
    about: "whose process are child_process.fork and Worker? (real Node.js)",
    takes: [1.0, 4.0],
    deadline: 60,
    run: modules,
}];

const SCRIPT: &str = include_str!("node.js");

/// What the script prints.
#[derive(Deserialize)]
struct Told {
    main: Ids,
    child: Ids,
    worker: Ids,
}

#[derive(Deserialize)]
struct Ids {
    pid: i32,
    tid: i32,
}

fn modules(plan: &Plan) -> io::Result<Outcome> {
    if !plan.node {
        return Ok(Outcome::Skipped("Node.js is not installed, or was not to be used".to_owned()));
    }
    let told: Vec<Told> = (0..plan.rounds(3, 10)).map(|_| ask(plan)).collect::<io::Result<_>>()?;
    let arm = |name: &str, boundary, holds: fn(&Told) -> bool| {
        stats::yes_or_no(name, boundary, "own id", told.iter().map(holds))
    };
    let arms = vec![
        arm("process: fork, own pid", Boundary::Process, |told| told.child.pid != told.main.pid),
        arm("thread: Worker, own pid", Boundary::Thread, |told| told.worker.pid != told.main.pid),
        arm("thread: Worker, own tid", Boundary::Thread, |told| told.worker.tid != told.main.tid),
    ];
    Ok(Outcome::counted(arms))
}

fn ask(plan: &Plan) -> io::Result<Told> {
    let output = child::node(&plan.program, &["-e", SCRIPT]).stdin(Stdio::null()).output()?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(format!("node ended with {}: {}", output.status, why.trim())));
    }
    serde_json::from_slice(&output.stdout).map_err(Into::into)
}
