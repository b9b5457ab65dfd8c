//! The process between the grader and a contained program: it sets up what the program cannot undo, watches what the
//! whole tree uses, and ends when nothing of it is left.
//!
//! grader → supervisor (watches) → init (collects orphans; process 1 of the namespace) → program

use std::env;
use std::ffi::CString;
use std::fs;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use anyhow::Context;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::signalfd::SignalFd;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, execv, getpid, setsid};

use super::spec::{Spec, code};
use super::{fence, sys, tree};

/// How often the tree is looked at.
const INTERVAL: u16 = 25; // milliseconds

/// Runs the program of the spec. The result is the exit code of this process (see [`code`]).
pub(crate) fn run(spec: &str) -> i32 {
    supervise(spec).unwrap_or_else(|why| {
        eprintln!("the containment could not be set up: {why:#}");
        code::SETUP
    })
}

fn supervise(spec: &str) -> anyhow::Result<i32> {
    sys::close_from_3()?;
    let spec: Spec = serde_json::from_str(spec)?;
    let _ = setsid(); // fails where we lead a session already
    prctl::set_pdeathsig(Signal::SIGTERM)?;
    prctl::set_child_subreaper(true)?;
    let watched = SigSet::from_iter([Signal::SIGCHLD, Signal::SIGTERM]);
    watched.thread_block()?;
    let signals = SignalFd::new(&watched)?;
    let mut in_force = enter_namespaces(&spec)?;

    let Some(init_pid) = sys::fork()? else {
        sys::exit_now(init(&spec, &mut in_force).unwrap_or_else(|why| {
            eprintln!("the containment could not be set up: {why:#}");
            code::SETUP
        }))
    };
    let result = watch(&spec, init_pid, &signals)?;
    let _ = kill(init_pid, Signal::SIGKILL);
    tree::sweep();
    Ok(result)
}

/// Waits for the end of init, and of the tree where it goes beyond its limits.
fn watch(spec: &Spec, init_pid: Pid, signals: &SignalFd) -> nix::Result<i32> {
    let deadline = Instant::now() + Duration::from_secs(spec.limits.seconds);
    loop {
        match waitpid(init_pid, Some(WaitPidFlag::WNOHANG))? {
            WaitStatus::Exited(_, result) => return Ok(result),
            WaitStatus::Signaled(_, signal, _) => return Ok(code::SIGNAL + signal as i32),
            _ => {}
        }
        let used = tree::usage(&tree::descendants(getpid()), spec.limits.memory);
        if used.tasks > spec.limits.tasks {
            return Ok(code::TASKS);
        }
        if used.memory > spec.limits.memory {
            return Ok(code::MEMORY);
        }
        if Instant::now() > deadline {
            return Ok(code::TIME);
        }
        let mut ready = [PollFd::new(signals.as_fd(), PollFlags::POLLIN)];
        if poll(&mut ready, PollTimeout::from(INTERVAL))? > 0
            && signals.read_signal()?.is_some_and(|signal| signal.ssi_signo == Signal::SIGTERM as u32)
        {
            return Ok(code::ASKED);
        }
    }
}

fn enter_namespaces(spec: &Spec) -> anyhow::Result<Vec<String>> {
    let measures = spec.measures;
    let mut in_force = vec!["own session".to_owned(), "subreaper".to_owned(), "deadline".to_owned()];
    if measures.user_namespace {
        let (uid, gid) = (sys::uid(), sys::gid());
        unshare(CloneFlags::CLONE_NEWUSER).context("user namespace")?;
        fs::write("/proc/self/setgroups", "deny")?;
        fs::write("/proc/self/uid_map", format!("{uid} {uid} 1"))?;
        fs::write("/proc/self/gid_map", format!("{gid} {gid} 1"))?;
        in_force.push("user namespace".into());
    }
    if measures.network_namespace {
        unshare(CloneFlags::CLONE_NEWNET).context("network namespace")?;
        sys::loopback_up().context("loopback")?;
        in_force.push("network namespace (loopback alone)".into());
    }
    if measures.pid_namespace {
        unshare(CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWIPC).context("PID namespace")?;
        in_force.push("PID namespace".into());
    }
    Ok(in_force)
}

/// Starts the program, waits for its end, and lets nothing outlive it.
fn init(spec: &Spec, in_force: &mut Vec<String>) -> anyhow::Result<i32> {
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    prctl::set_child_subreaper(true)?;
    if spec.measures.pid_namespace {
        unshare(CloneFlags::CLONE_NEWNS).context("mount namespace")?;
        let private = libc::MS_REC | libc::MS_PRIVATE;
        sys::mount(c"", c"/", private, c"").context("mount namespace")?;
        let plain = libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC;
        sys::mount(c"proc", c"/proc", plain, c"").context("own /proc")?;
        sys::mount(c"tmpfs", c"/dev/shm", plain, c"size=64m,mode=1777").context("own /dev/shm")?;
        in_force.push("own /proc and /dev/shm".into());
    }
    let Some(program) = sys::fork()? else {
        sys::exit_now(start(spec, in_force).unwrap_or_else(|why| {
            eprintln!("the containment could not be set up: {why:#}");
            code::SETUP
        }))
    };
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
        code::SUCCESS | code::SETUP => result,
        signal if signal > code::SIGNAL => signal,
        _ => code::FAILURE,
    })
}

/// Becomes the program.
fn start(spec: &Spec, in_force: &mut Vec<String>) -> anyhow::Result<i32> {
    setsid()?;
    sys::reset_signals();
    SigSet::all().thread_unblock()?;
    for (resource, bound) in limits(spec) {
        let (_, hard) = getrlimit(resource)?;
        let bound = bound.min(hard); // an ordinary user cannot raise it
        setrlimit(resource, bound, bound).with_context(|| format!("{resource:?}"))?;
    }
    in_force.push("limits (CPU, memory, tasks, file size, descriptors, output, no core dump)".into());
    if let Some(uid) = spec.uid {
        sys::become_user(uid).context("unused uid")?;
        in_force.push("an unused uid for each submission".into());
    }
    prctl::set_pdeathsig(Signal::SIGKILL)?; // a new uid has cleared it
    in_force.push("parent-death signal".into());
    env::set_current_dir(&spec.folder).with_context(|| spec.folder.display().to_string())?;
    if spec.measures.landlock {
        in_force.push(fence::raise(spec)?);
    }
    if spec.command.is_empty() {
        println!("{}", in_force.join("\n"));
        return Ok(code::SUCCESS);
    }
    let command: Vec<CString> = spec.command.iter().map(|arg| CString::new(&**arg)).collect::<Result<_, _>>()?;
    execv(&command[0], &command).with_context(|| spec.command[0].clone())?;
    Ok(code::SETUP)
}

fn limits(spec: &Spec) -> Vec<(Resource, u64)> {
    let limits = &spec.limits;
    let mut bounds = vec![
        (Resource::RLIMIT_CPU, limits.cpu_seconds),
        (Resource::RLIMIT_DATA, limits.memory * 2), // address space, of which not all is used
        (Resource::RLIMIT_FSIZE, limits.file),
        (Resource::RLIMIT_NOFILE, limits.descriptors),
        (Resource::RLIMIT_CORE, 0),
    ];
    if spec.bounds_tasks() {
        bounds.push((Resource::RLIMIT_NPROC, limits.tasks * 3 / 2)); // the watch comes first and can name the cause
    }
    bounds
}
