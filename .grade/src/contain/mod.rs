//! Runs a program that is not trusted, under the best containment that this machine permits.

use std::fs::File;
use std::io::{Read, Seek};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, ensure};
use nix::libc;
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
    /// Open descriptors of each process.
    pub(crate) descriptors: u64,
    /// What the program may print, in bytes.
    pub(crate) output: u64,
}

impl Limits {
    /// For one check.
    pub(crate) const CHECK: Self = Self {
        seconds: 10,
        cpu_seconds: 15,
        memory: 512 * MIB,
        tasks: 128,
        file: 64 * MIB,
        descriptors: 256,
        output: MIB,
    };

    /// For a build: of all that a chapter depends on, from a cold start.
    pub(crate) const BUILD: Self = Self {
        seconds: 300,
        cpu_seconds: 120,
        memory: 3072 * MIB,
        tasks: 512,
        file: 1024 * MIB,
        descriptors: 1024,
        output: 4 * MIB,
    };
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
    /// In words, for the teacher.
    pub(crate) in_force: Vec<&'static str>,
    /// What is missing, in words.
    pub(crate) missing: Vec<&'static str>,
}

impl Containment {
    /// Tries each measure with a program that does nothing.
    pub(crate) fn probe() -> Result<Self> {
        let attempt =
            |measures| run(&Spec::check(vec!["/bin/sh".into(), "-c".into(), ":".into()], measures), Stdio::null());
        let works = |measures| attempt(measures).is_ok_and(|done| done.code == code::SUCCESS);
        let none = Measures::default();
        let plain = attempt(none)?;
        ensure!(plain.code == code::SUCCESS, "no program can be contained here: {}", plain.stderr);

        // Landlock holds for the thread that asks for it.
        let fence = thread::spawn(|| fence::raise(&[], &[])).join().unwrap_or(Ok(false));
        let measures = Measures {
            pid_namespace: works(Measures { pid_namespace: true, ..none }),
            network_namespace: works(Measures { network_namespace: true, ..none }),
            landlock: fence.is_ok(),
        };
        let table = [
            (true, "own session, subreaper, parent-death signal, clean environment, deadline", ""),
            (true, "limits of CPU time, memory, tasks, file size, descriptors, output, no core dump", ""),
            (
                measures.pid_namespace,
                "PID and IPC namespaces, own /proc and /dev/shm",
                "PID namespace: processes are swept one by one",
            ),
            (measures.network_namespace, "network namespace (loopback alone)", "network: a submission can reach it"),
            (measures.landlock, "Landlock for files", "Landlock: files of this user can be read and written"),
            (matches!(fence, Ok(true)), "Landlock for signals", "Landlock for signals: the kernel is older than 6.12"),
            (is_root(), "an unused uid for each submission", "another uid: submissions run as the user who grades"),
        ];
        let (in_force, missing): (Vec<_>, Vec<_>) = table.into_iter().partition(|(in_force, ..)| *in_force);
        Ok(Self {
            measures,
            in_force: in_force.into_iter().map(|(_, present, _)| present).collect(),
            missing: missing.into_iter().map(|(_, _, absent)| absent).collect(),
        })
    }
}

impl Spec {
    /// A check's program, with the usual bounds.
    pub(crate) fn check(command: Vec<String>, measures: Measures) -> Self {
        let read =
            ["/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc", "/proc", "/sys", "/dev"].map(PathBuf::from).into();
        let write = if measures.pid_namespace { vec!["/dev/shm".into()] } else { vec![] }; // its own, gone with it
        let (folder, variables) = (None, vec![]);
        Self { command, folder, variables, read, write, stranger: true, limits: Limits::CHECK, measures }
    }
}

/// Whether the grader runs as root.
fn is_root() -> bool {
    sys::uid() == 0
}

/// How a contained program ended.
pub(crate) struct Done {
    /// See [`code`].
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// How the supervisor reports by its exit code what happened to the program.
pub(crate) mod code {
    /// Exited with 0.
    pub(crate) const SUCCESS: i32 = 0;
    /// Exited with another code.
    pub(crate) const FAILURE: i32 = 1;
    /// Killed: it printed too much.
    pub(crate) const OUTPUT: i32 = 119;
    /// Killed: the wall-clock time was over.
    pub(crate) const TIME: i32 = 120;
    /// Killed: too much memory.
    pub(crate) const MEMORY: i32 = 121;
    /// Killed: too many processes and threads.
    pub(crate) const TASKS: i32 = 122;
    /// Killed: the grader has ended.
    pub(crate) const ALONE: i32 = 123;
    /// The containment could not be set up.
    pub(crate) const SETUP: i32 = 125;
    /// Killed by a signal: this plus its number.
    pub(crate) const SIGNAL: i32 = 128;
}

impl Done {
    /// The verdict on a program that ended like this and reported nothing.
    pub(crate) fn verdict(&self) -> Verdict {
        const SIGXCPU: i32 = code::SIGNAL + libc::SIGXCPU;
        const SIGXFSZ: i32 = code::SIGNAL + libc::SIGXFSZ;
        match self.code {
            code::OUTPUT | SIGXFSZ => Verdict::Killed("output"),
            code::MEMORY => Verdict::Killed("memory"),
            code::TASKS => Verdict::Killed("processes"),
            SIGXCPU => Verdict::Killed("time"),
            code::TIME => Verdict::Hung,
            code::SETUP | code::ALONE => Verdict::GraderError(self.stderr.trim().to_owned()),
            code::SUCCESS => Verdict::EndedEarly("exit code 0".into()),
            signal if signal > code::SIGNAL => Verdict::EndedEarly(format!("signal {}", signal - code::SIGNAL)),
            _ => Verdict::EndedEarly("an exit code other than 0".into()),
        }
    }
}

/// Runs a program to its end, and waits until nothing is left of it.
pub(crate) fn run(spec: &Spec, stdin: Stdio) -> Result<Done> {
    let (stdout, stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
    let mut supervisor = Command::new("/proc/self/exe");
    supervisor.arg0("grade").arg(SUPERVISE).arg(serde_json::to_string(spec)?);
    supervisor.stdin(stdin).stdout(stdout.try_clone()?).stderr(stderr.try_clone()?);
    let status = supervisor.status().context("a supervisor cannot be started")?;
    let text = |file| printed(file, spec.limits.output);
    Ok(Done { code: status.code().unwrap_or(code::SETUP), stdout: text(stdout)?, stderr: text(stderr)? })
}

/// The first bytes of what a program printed.
fn printed(mut file: File, limit: u64) -> Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
