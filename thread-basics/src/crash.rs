//! A thread goes wrong. A panic is its own end only; most other faults are everybody's.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::process::{ExitCode, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::ensure;
use crossbeam_channel::{RecvTimeoutError, bounded};

use crate::child;
use crate::fault::Fault;
use crate::message::Echo;

/// How long the host waits for a victim that does not end by its fault.
pub const PATIENCE: Duration = Duration::from_millis(200);

/// What became of the thread that went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Victim {
    /// It panicked; `join` gave the panic to its host as an error.
    Panicked,
    /// It runs on, and nobody can stop it: a thread has no safe `kill`.
    RunsOn,
    /// Its process ended, and every thread with it.
    TookAllDown,
}

/// What was left after a fault in a thread.
#[derive(Debug, Clone, Copy)]
pub struct Aftermath {
    /// What became of the thread.
    pub victim: Victim,
    /// Another thread of the same process still answered afterwards.
    pub sibling_answers: bool,
    /// How the process ended that both lived in.
    pub host: ExitStatus,
}

impl Aftermath {
    /// Whether the process outlived the fault.
    pub fn host_survived(&self) -> bool {
        self.victim != Victim::TookAllDown
    }
}

/// Starts a process with two threads more, lets one commit `fault`, and looks at what is left. `program` is this
/// chapter's executable.
///
/// # Errors
/// Those of starting `program`; `InvalidData` when it did not report as a host does.
pub fn in_thread(program: &Path, fault: Fault) -> io::Result<Aftermath> {
    let mut host = child::command(program, "host");
    let output = host.arg(fault.name()).stdin(Stdio::null()).stderr(Stdio::null()).output()?;
    let report = String::from_utf8_lossy(&output.stdout);
    let (victim, sibling_answers) = match report.lines().collect::<Vec<_>>().as_slice() {
        ["started"] => (Victim::TookAllDown, false),
        ["started", "panicked", sibling] => (Victim::Panicked, *sibling == "answers"),
        ["started", "runs on", sibling] => (Victim::RunsOn, *sibling == "answers"),
        _ => {
            let why = format!("the host of a faulty thread ({}) reported {report:?}", output.status);
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
    };
    Ok(Aftermath { victim, sibling_answers, host: output.status })
}

/// The host's side: two threads, a fault in one, and a line for each thing seen. A host that is taken down never gets
/// to its second line.
pub(crate) fn host(fault: &str) -> ExitCode {
    match fault.parse().and_then(report) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("host: {error}");
            ExitCode::from(2)
        }
    }
}

fn report(fault: Fault) -> io::Result<()> {
    let sibling = Echo::start()?;
    sibling.round_trip(())?;
    println!("started");
    let (ends, ended) = bounded::<()>(0);
    let victim = thread::Builder::new().name("victim".to_owned()).spawn(move || {
        let _ends_with_the_thread = ends;
        fault.commit();
    })?;
    match ended.recv_timeout(PATIENCE) {
        Err(RecvTimeoutError::Timeout) => println!("runs on"),
        Ok(()) | Err(RecvTimeoutError::Disconnected) => match victim.join() {
            Err(_panic) => println!("panicked"),
            Ok(()) => println!("returned"),
        },
    }
    println!("{}", if sibling.round_trip(()).is_ok() { "answers" } else { "silent" });
    Ok(())
}

impl fmt::Display for Victim {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(match self {
            Self::Panicked => "joined as an error",
            Self::RunsOn => "runs on",
            Self::TookAllDown => "took all down",
        })
    }
}

/// Shows every fault in a thread, each in a process of its own.
pub fn show(out: &mut dyn Write, program: &Path) -> anyhow::Result<()> {
    writeln!(out, "  fault      the victim           sibling   its process")?;
    for fault in Fault::ALL {
        let after = in_thread(program, fault)?;
        let sibling = if after.sibling_answers { "answers" } else { "gone" };
        writeln!(out, "  {fault:<10} {:<20} {sibling:<9} {}", after.victim, after.host)?;
        let expected = expected(fault);
        ensure!(after.victim == expected, "after '{fault}' the victim {}, not {expected}", after.victim);
        ensure!(after.sibling_answers == after.host_survived(), "after '{fault}' the sibling {sibling}");
    }
    writeln!(out, "  A panic ends its own thread. Exit, abort and a bad access")?;
    writeln!(out, "  end the process. A thread that hangs cannot be killed.")?;
    Ok(())
}

fn expected(fault: Fault) -> Victim {
    match fault {
        Fault::Panic => Victim::Panicked,
        Fault::EndlessLoop => Victim::RunsOn,
        Fault::Exit | Fault::Abort | Fault::SegmentationFault => Victim::TookAllDown,
    }
}
