//! The process between the grader and a contained program: it sets up what the program cannot undo, watches what the
//! whole tree uses, and ends when nothing of it is left, also when the grader was killed.
//!
//! grader → supervisor (watches) → init (collects orphans; process 1 of the namespace) → program

use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::signalfd::SignalFd;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, setsid};
use tempfile::TempDir;

use super::{Measures, Spec, code, fence, is_root, sys, tree};

/// How often the tree is looked at.
const INTERVAL: u16 = 25; // milliseconds

/// Runs the program of the spec. The result is the exit code of this process (see [`code`]).
pub(crate) fn run(spec: &str) -> i32 {
    or_report(supervise(spec))
}

fn or_report(result: Result<i32>) -> i32 {
    result.unwrap_or_else(|why| {
        eprintln!("the containment could not be set up: {why:#}");
        code::SETUP
    })
}

fn supervise(spec: &str) -> Result<i32> {
    sys::close_from_3()?;
    let spec: Spec = serde_json::from_str(spec)?;
    let _ = setsid(); // fails where we lead a session already
    prctl::set_pdeathsig(Signal::SIGTERM)?;
    prctl::set_child_subreaper(true)?;
    let watched = SigSet::from_iter([Signal::SIGCHLD, Signal::SIGTERM]);
    watched.thread_block()?;
    let signals = SignalFd::new(&watched)?;
    let place = Place::new(&spec).context("a folder for the program")?;
    enter_namespaces(spec.measures)?;

    let Some(init_pid) = sys::fork()? else { sys::exit_now(or_report(init(&spec, &place))) };
    let result = watch(&spec, init_pid, &signals);
    let _ = kill(init_pid, Signal::SIGKILL);
    tree::sweep();
    Ok(result?)
}

/// What is made for one program, and removed after it.
struct Place {
    /// Everybody can enter it, whatever the umask.
    folder: TempDir,
    /// The program may write here.
    home: PathBuf,
    /// The program; for a stranger a copy, which another user can read.
    program: PathBuf,
    uid: Option<u32>,
}

impl Place {
    fn new(spec: &Spec) -> io::Result<Self> {
        let everybody = fs::Permissions::from_mode(0o755);
        let folder = tempfile::Builder::new().prefix("grade-").tempdir()?;
        fs::set_permissions(folder.path(), everybody.clone())?;
        let home = folder.path().join("home");
        fs::create_dir(&home)?;
        let uid = spec.stranger.then(unused_uid).flatten();
        chown(&home, uid, uid)?;
        let mut program = PathBuf::from(&spec.command[0]);
        if spec.stranger {
            let copy = folder.path().join("program");
            fs::copy(program, &copy)?;
            fs::set_permissions(&copy, everybody)?;
            program = copy;
        }
        Ok(Self { folder, home, program, uid })
    }
}

/// As root, a user id that nobody has: another one for each supervisor that is at work.
fn unused_uid() -> Option<u32> {
    let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    let size = map.split_whitespace().nth(2).and_then(|size| size.parse().ok()).unwrap_or(u32::MAX);
    let top = size.min(2_000_000_000) - 10_000; // in a container the map may end at 65536
    is_root().then(|| top + std::process::id() % 8_000)
}

fn enter_namespaces(measures: Measures) -> Result<()> {
    if !is_root() && (measures.pid_namespace || measures.network_namespace) {
        let (uid, gid) = (sys::uid(), sys::gid());
        unshare(CloneFlags::CLONE_NEWUSER).context("user namespace")?;
        fs::write("/proc/self/setgroups", "deny")?;
        fs::write("/proc/self/uid_map", format!("{uid} {uid} 1"))?;
        fs::write("/proc/self/gid_map", format!("{gid} {gid} 1"))?;
    }
    if measures.network_namespace {
        unshare(CloneFlags::CLONE_NEWNET).context("network namespace")?;
        sys::loopback_up().context("loopback")?;
    }
    if measures.pid_namespace {
        unshare(CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWIPC).context("PID namespace")?;
    }
    Ok(())
}

/// Waits for the end of init, and of the tree where it goes beyond its limits. The time is counted in looks, so that it is
/// longer on a machine too busy to look.
fn watch(spec: &Spec, init_pid: Pid, signals: &SignalFd) -> nix::Result<i32> {
    let mut looks = spec.limits.seconds * 1000 / u64::from(INTERVAL);
    while looks > 0 {
        match waitpid(init_pid, Some(WaitPidFlag::WNOHANG))? {
            WaitStatus::Exited(_, result) => return Ok(result),
            WaitStatus::Signaled(_, signal, _) => return Ok(code::SIGNAL + signal as i32),
            _ => {}
        }
        let pids = tree::descendants();
        if tree::tasks(&pids) > spec.limits.tasks {
            return Ok(code::TASKS);
        }
        if tree::takes_more_than(spec.limits.memory, &pids) {
            return Ok(code::MEMORY);
        }
        if printed() > spec.limits.output {
            return Ok(code::OUTPUT);
        }
        if poll(&mut [PollFd::new(signals.as_fd(), PollFlags::POLLIN)], PollTimeout::from(INTERVAL))? == 0 {
            looks -= 1;
        } else if signals.read_signal()?.is_some_and(|signal| signal.ssi_signo == Signal::SIGTERM as u32) {
            return Ok(code::ALONE);
        }
    }
    Ok(code::TIME)
}

/// How much the program has printed: standard output and standard error are files, which this process has, too.
fn printed() -> u64 {
    let files = ["/proc/self/fd/1", "/proc/self/fd/2"];
    files.into_iter().filter_map(|file| fs::metadata(file).ok()).map(|about| about.len()).sum()
}

/// Starts the program, waits for its end, and lets nothing outlive it.
fn init(spec: &Spec, place: &Place) -> Result<i32> {
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    prctl::set_child_subreaper(true)?;
    if spec.measures.pid_namespace {
        unshare(CloneFlags::CLONE_NEWNS).context("mount namespace")?;
        let private = libc::MS_REC | libc::MS_PRIVATE;
        sys::mount(c"", c"/", private, c"").context("mount namespace")?;
        let plain = libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC;
        sys::mount(c"proc", c"/proc", plain, c"").context("own /proc")?;
        sys::mount(c"tmpfs", c"/dev/shm", plain, c"size=64m,mode=1777").context("own /dev/shm")?;
    }
    let program = Pid::from_raw(start(spec, place)?);
    let result = loop {
        match waitpid(None, None)? {
            WaitStatus::Exited(pid, result) if pid == program => break result,
            WaitStatus::Signaled(pid, signal, _) if pid == program => break code::SIGNAL + signal as i32,
            _ => {}
        }
    };
    tree::sweep();
    Ok(match result {
        _ if sys::largest_child() > spec.limits.memory => code::MEMORY, // gone before it was seen
        code::SUCCESS => code::SUCCESS,
        signal if signal > code::SIGNAL => signal,
        _ => code::FAILURE,
    })
}

/// Starts the program with a clean environment, and returns its pid.
fn start(spec: &Spec, place: &Place) -> Result<i32> {
    let mut command = Command::new(&place.program);
    command.args(&spec.command[1..]).current_dir(spec.folder.as_ref().unwrap_or(&place.home));
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LANG", "C.UTF-8");
    command.env("HOME", &place.home).env("TMPDIR", &place.home).envs(spec.variables.iter().cloned());
    if let Some(uid) = place.uid {
        command.uid(uid).gid(uid); // other groups are given up, too
    }
    let read: Vec<PathBuf> = spec.read.iter().cloned().chain([place.folder.path().to_owned()]).collect();
    let write: Vec<PathBuf> = spec.write.iter().cloned().chain([place.home.clone()]).collect();
    let (bounds, landlock) = (bounds(spec, place), spec.measures.landlock);
    sys::before_exec(&mut command, move || {
        setsid()?;
        sys::reset_signals();
        SigSet::all().thread_unblock()?;
        prctl::set_pdeathsig(Signal::SIGKILL)?; // a new uid has cleared it
        for (resource, bound) in &bounds {
            let (_, hard) = getrlimit(*resource)?;
            let bound = hard.min(*bound); // an ordinary user cannot raise it
            setrlimit(*resource, bound, bound)?;
        }
        if landlock {
            fence::raise(&read, &write).map_err(io::Error::other)?;
        }
        Ok(())
    });
    Ok(command.spawn().with_context(|| spec.command[0].clone())?.id() as i32)
}

fn bounds(spec: &Spec, place: &Place) -> Vec<(Resource, u64)> {
    let limits = &spec.limits;
    let mut bounds = vec![
        (Resource::RLIMIT_CPU, limits.cpu_seconds),
        (Resource::RLIMIT_DATA, limits.memory * 2), // address space, of which not all is used
        (Resource::RLIMIT_FSIZE, limits.file),
        (Resource::RLIMIT_NOFILE, limits.descriptors),
        (Resource::RLIMIT_CORE, 0),
    ];
    // The kernel counts all tasks of a user. Those of this program alone are counted only in a user namespace, or under
    // a uid that nobody else has.
    if place.uid.is_some() || (!is_root() && spec.measures.pid_namespace) {
        bounds.push((Resource::RLIMIT_NPROC, limits.tasks * 3 / 2)); // the watch comes first and can name the cause
    }
    bounds
}
