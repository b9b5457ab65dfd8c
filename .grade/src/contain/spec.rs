//! What a contained program is, and what it may use: passed to the supervisor as one argument, in JSON.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A mebibyte.
pub(crate) const MIB: u64 = 1 << 20;

/// A program to run, and its bounds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Spec {
    /// The program and its arguments. Empty: print the measures in force instead of running anything.
    pub(crate) command: Vec<String>,
    /// Where it runs.
    pub(crate) folder: PathBuf,
    /// Everything below these may be read and executed.
    pub(crate) read: Vec<PathBuf>,
    /// Everything below these may be written, too.
    pub(crate) write: Vec<PathBuf>,
    pub(crate) limits: Limits,
    pub(crate) measures: Measures,
    /// The user that the program runs as; nothing: the one that runs the grader.
    pub(crate) uid: Option<u32>,
}

/// How much a program with all its descendants may use.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    pub(crate) output: usize,
}

/// What of the containment depends on the machine. The grader tries it once and then demands it for every program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Measures {
    /// A user namespace, which an ordinary user needs for the other namespaces.
    pub(crate) user_namespace: bool,
    /// A PID namespace with its own /proc: no process outside can be seen, and none survives.
    pub(crate) pid_namespace: bool,
    /// A network namespace: loopback alone.
    pub(crate) network_namespace: bool,
    /// Landlock: files can be read and written only where the spec says so, and no signal leaves.
    pub(crate) landlock: bool,
}

/// How the supervisor reports by its exit code what happened to the program.
pub(crate) mod code {
    /// Exited with 0.
    pub(crate) const SUCCESS: i32 = 0;
    /// Exited with another code.
    pub(crate) const FAILURE: i32 = 1;
    /// Killed: the wall-clock time was over.
    pub(crate) const TIME: i32 = 120;
    /// Killed: too much memory.
    pub(crate) const MEMORY: i32 = 121;
    /// Killed: too many processes and threads.
    pub(crate) const TASKS: i32 = 122;
    /// Killed: the grader asked for it.
    pub(crate) const ASKED: i32 = 123;
    /// The containment could not be set up.
    pub(crate) const SETUP: i32 = 125;
    /// Killed by a signal: this plus its number.
    pub(crate) const SIGNAL: i32 = 128;
}
