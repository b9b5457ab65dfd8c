//! Runs a program that is not trusted, under the best containment that this machine permits.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::verdict::Verdict;

mod fence; // Landlock
pub(crate) mod supervisor; // the process between the grader and the program
mod sys; // system calls that nix leaves out
pub(crate) mod tree; // a process and its descendants

/// The argument by which the grader starts itself as a supervisor.
pub(crate) const SUPERVISE: &str = "supervise-contained";

/// A mebibyte.
const MIB: u64 = 1 << 20;

/// A program to run, and its bounds: passed to the supervisor as one argument, in JSON.
#[derive(Serialize, Deserialize)]
pub(crate) struct Spec {
    /// The program and its arguments.
    pub(crate) command: Vec<String>,
    /// Where it runs; nothing: in its own new folder, which is also `HOME` and `TMPDIR`.
    pub(crate) folder: Option<PathBuf>,
    /// Its environment, beside `PATH`, `LANG`, `HOME` and `TMPDIR`.
    pub(crate) variables: Vec<(String, String)>,
    /// Everything below these may be read and executed.
    pub(crate) read: Vec<PathBuf>,
    /// Everything below these may be written, too.
    pub(crate) write: Vec<PathBuf>,
    /// Whether it runs as a user that nobody is, where root grades.
    pub(crate) stranger: bool,
    pub(crate) limits: Limits,
    pub(crate) measures: Measures,
}

/// How much a program with all its descendants may use.
#[derive(Serialize, Deserialize)]
pub(crate) struct Limits {
    /// Wall-clock time.
    pub(crate) seconds: u64,
    /// CPU time of each process.
    pub(crate) cpu_seconds: u64,
    /// Resident memory of the whole tree, in bytes.
    pub(crate) memory: u64,
    /// Processes and threads of the whole tree.
    pub(crate) tasks: u64,
    /// The size of a file, in bytes.
    pub(crate) file: u64,
    /// What the program may print, in bytes.
    pub(crate) output: u64,
}

impl Limits {
    /// For one check.
    pub(crate) const CHECK: Self =
        Self { seconds: 10, cpu_seconds: 15, memory: 512 * MIB, tasks: 128, file: 64 * MIB, output: MIB };

    /// For a build: of all that a chapter depends on, from a cold start.
    pub(crate) const BUILD: Self =
        Self { seconds: 300, cpu_seconds: 120, memory: 3072 * MIB, tasks: 512, file: 1024 * MIB, output: 4 * MIB };
}

/// What of the containment depends on the machine. The grader tries it once and then demands it for every program.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Measures {
    /// A PID namespace with its own /proc: no process outside can be seen, and none survives.
    pid_namespace: bool,
    /// A network namespace: loopback alone.
    network_namespace: bool,
    /// Landlock: files can be read and written only where the spec says so, and no signal leaves.
    landlock: bool,
}

/// The containment of this machine: what was tried and works.
pub(crate) struct Containment {
    pub(crate) measures: Measures,
    /// Each measure in words, and whether it is in force.
    words: Vec<(&'static str, bool)>,
}

impl Containment {
    /// Tries each measure with a program that does nothing.
    pub(crate) fn probe() -> Result<Self> {
        let command = ["/bin/sh", "-c", ":"].map(str::to_owned);
        let attempt = |measures| run(&Spec::check(command.to_vec(), measures), Stdio::null());
        let none = Measures::default();
        attempt(none).context("no program can be contained here")?;
        let pid_namespace = attempt(Measures { pid_namespace: true, ..none }).is_ok();
        let network_namespace = attempt(Measures { network_namespace: true, ..none }).is_ok();
        // Landlock holds for the thread that asks for it.
        let fence = thread::spawn(|| fence::raise(&[], &[])).join().unwrap_or(Ok(false));
        let words = vec![
            ("own session, subreaper, parent-death signal, clean environment, deadline", true),
            ("limits of CPU time, memory, tasks, file size, descriptors, output, no core dump", true),
            ("PID and IPC namespaces, own /proc and /dev/shm", pid_namespace),
            ("network namespace (loopback alone)", network_namespace),
            ("Landlock for files", fence.is_ok()),
            ("Landlock for signals (Linux 6.12)", fence.as_ref().is_ok_and(|signals| *signals)),
            ("an unused uid for each submission (root)", is_root()),
        ];
        Ok(Self { measures: Measures { pid_namespace, network_namespace, landlock: fence.is_ok() }, words })
    }

    /// The measures that are in force, or those that are not.
    pub(crate) fn words(&self, in_force: bool) -> Vec<&'static str> {
        self.words.iter().filter(|(_, holds)| *holds == in_force).map(|(measure, _)| *measure).collect()
    }
}

impl Spec {
    /// A check's program, with the usual bounds.
    pub(crate) fn check(command: Vec<String>, measures: Measures) -> Self {
        let read =
            ["/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc", "/proc", "/sys", "/dev"].map(PathBuf::from).into();
        let write = if measures.pid_namespace { vec!["/dev/shm".into()] } else { vec![] }; // its own, gone with it
        Self { command, folder: None, variables: vec![], read, write, stranger: true, limits: Limits::CHECK, measures }
    }
}

/// Whether the grader runs as root.
fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// How a contained program ended: what the supervisor prints, in JSON.
#[derive(Serialize, Deserialize)]
pub(crate) struct Done {
    /// The verdict on a program that ended like this and reported nothing.
    pub(crate) verdict: Verdict,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a program to its end, and waits until nothing is left of it.
pub(crate) fn run(spec: &Spec, stdin: Stdio) -> Result<Done> {
    let mut supervisor = Command::new("/proc/self/exe");
    supervisor.arg0("grade").arg(SUPERVISE).arg(serde_json::to_string(spec)?).stdin(stdin);
    let output = supervisor.output().context("a supervisor cannot be started")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(serde_json::from_slice(&output.stdout)?)
}
