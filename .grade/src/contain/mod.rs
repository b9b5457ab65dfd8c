//! Runs a program that is not trusted, under the best containment that this machine permits.

use std::fs;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use spec::{Limits, Measures, Spec, code};

mod fence; // Landlock
pub(crate) mod spec; // what is run, and its bounds
pub(crate) mod supervisor; // the process between the grader and the program
mod sys; // system calls that nix leaves out
mod tree; // a process and its descendants

/// The argument by which the grader starts itself as a supervisor.
pub(crate) const SUPERVISE: &str = "supervise-contained";

/// The containment of this machine: what was tried and works.
#[derive(Clone, Debug)]
pub(crate) struct Containment {
    pub(crate) measures: Measures,
    /// In words, for the teacher.
    pub(crate) in_force: Vec<String>,
    /// What is missing, in words.
    pub(crate) missing: Vec<&'static str>,
}

impl Containment {
    /// Tries the measures, best first.
    pub(crate) fn probe() -> anyhow::Result<Self> {
        let root = is_root();
        let mut why = String::new();
        for (pid, network, landlock) in [
            (true, true, true),
            (true, true, false),
            (false, true, true),
            (true, false, true),
            (false, false, true),
            (false, false, false),
        ] {
            let measures = Measures {
                user_namespace: !root && (pid || network),
                pid_namespace: pid,
                network_namespace: network,
                landlock,
            };
            let mut spec = Spec::new(vec![], Path::new("/"), measures);
            spec.uid = unused_uid();
            let done = Contained::start(&spec, Stdio::null(), &[])?.wait()?;
            if done.code == code::SUCCESS {
                let in_force = done.stdout.lines().map(str::to_owned).collect();
                return Ok(Self { measures, in_force, missing: missing(measures, root) });
            }
            why = done.stderr;
        }
        bail!("no program can be contained here: {why}")
    }
}

fn missing(measures: Measures, root: bool) -> Vec<&'static str> {
    let measures = [
        (measures.pid_namespace, "PID namespace: processes are swept one by one"),
        (measures.network_namespace, "network: a submission can reach it"),
        (measures.landlock, "Landlock: files of this user can be read and written"),
        (root, "another uid: submissions run as the user who grades"),
    ];
    measures.into_iter().filter_map(|(in_force, text)| (!in_force).then_some(text)).collect()
}

impl Spec {
    /// A check's program, with the usual bounds.
    pub(crate) fn new(command: Vec<String>, folder: &Path, measures: Measures) -> Self {
        let mib = spec::MIB;
        let limits = Limits {
            seconds: 10,
            cpu_seconds: 15,
            memory: 512 * mib,
            tasks: 128,
            file: 64 * mib,
            descriptors: 256,
            output: mib as usize,
        };
        let system = ["/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc", "/proc", "/sys", "/dev"];
        let read = system.iter().map(PathBuf::from).collect();
        Self { command, folder: folder.to_owned(), read, write: vec![], limits, measures, uid: None }
    }

    /// Whether the kernel's limit counts this program's tasks alone: not those of the user who grades.
    pub(crate) fn bounds_tasks(&self) -> bool {
        self.uid.is_some() || (self.measures.user_namespace && !is_root())
    }
}

/// Whether the grader runs as root.
pub(crate) fn is_root() -> bool {
    sys::uid() == 0
}

/// As root, a user id that nobody has: another one at each call.
pub(crate) fn unused_uid() -> Option<u32> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    if !is_root() {
        return None;
    }
    let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    let size = map.split_whitespace().nth(2).and_then(|size| size.parse().ok()).unwrap_or(u32::MAX);
    let top = size.min(2_000_000_000) - 10_000; // in a container the map may end at 65536
    let offset = std::process::id().wrapping_mul(97).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
    Some(top + offset % 8_000)
}

/// A supervisor at work.
pub(crate) struct Contained {
    child: Child,
    stdout: Drain,
    stderr: Drain,
}

/// How a contained program ended.
pub(crate) struct Done {
    /// See [`code`].
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// It printed more than it may.
    pub(crate) too_much_output: bool,
}

impl Contained {
    /// Starts a supervisor for the program, with this environment and no other.
    pub(crate) fn start(spec: &Spec, stdin: Stdio, variables: &[(&str, String)]) -> anyhow::Result<Self> {
        let (stdout, stdout_end) = io::pipe()?;
        let (stderr, stderr_end) = io::pipe()?;
        let mut command = Command::new("/proc/self/exe");
        command.arg0("grade").arg(SUPERVISE).arg(serde_json::to_string(spec)?).env_clear();
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LANG", "C.UTF-8");
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        command.stdin(stdin).stdout(OwnedFd::from(stdout_end)).stderr(OwnedFd::from(stderr_end));
        let child = command.spawn().context("a supervisor cannot be started")?;
        let supervisor = Pid::from_raw(child.id() as i32);
        let limit = spec.limits.output;
        Ok(Self {
            stdout: Drain::start(stdout, limit, supervisor),
            stderr: Drain::start(stderr, limit, supervisor),
            child,
        })
    }

    /// Whether the supervisor has ended, and with it everything it watched.
    pub(crate) fn has_ended(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Asks the supervisor to kill the program and all that it has started.
    pub(crate) fn end(&self) {
        let _ = kill(Pid::from_raw(self.child.id() as i32), Signal::SIGTERM);
    }

    /// Waits until nothing is left of the program.
    pub(crate) fn wait(mut self) -> anyhow::Result<Done> {
        let status = self.child.wait()?;
        let too_much_output = self.stdout.over.load(Ordering::Relaxed) || self.stderr.over.load(Ordering::Relaxed);
        let code = status.code().unwrap_or(code::SETUP);
        Ok(Done { code, stdout: self.stdout.text(), stderr: self.stderr.text(), too_much_output })
    }
}

/// Reads what a program prints, so that it does not block, and keeps at most a limit of it.
struct Drain {
    text: mpsc::Receiver<Vec<u8>>,
    over: Arc<AtomicBool>,
}

impl Drain {
    fn start(mut pipe: io::PipeReader, limit: usize, supervisor: Pid) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (sender, text) = mpsc::channel();
        let is_over = Arc::clone(&over);
        thread::spawn(move || {
            let mut kept = Vec::new();
            let mut buffer = [0; 16 * 1024];
            while let Ok(count @ 1..) = pipe.read(&mut buffer) {
                let room = limit - kept.len();
                kept.extend_from_slice(&buffer[..count.min(room)]);
                if count > room && !is_over.swap(true, Ordering::Relaxed) {
                    let _ = kill(supervisor, Signal::SIGTERM);
                }
            }
            let _ = sender.send(kept);
        });
        Self { text, over }
    }

    fn text(self) -> String {
        // Nothing holds the pipe any more. If something did, the grader would still not wait for it.
        let bytes = self.text.recv_timeout(Duration::from_secs(5)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
