//! The process between the grader and a contained program: it sets up what the program cannot undo, watches what the
//! whole tree uses, and ends when nothing of it is left, also when the grader was killed.
//!
//! grader → supervisor (watches) → init (collects orphans; process 1 of the namespace) → program

use std::fs::{self, File};
use std::io::{self, PipeReader};
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

use anyhow::{Context, Result, bail, ensure};
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, getpid, getppid, setsid};
use tempfile::TempDir;

use super::{Done, Measures, Spec, fence, is_root, sys, tree};
use crate::verdict::Verdict;

/// How often the tree is looked at.
const INTERVAL: u16 = 25; // milliseconds

/// The exit code of init for a program that was killed by a signal: this plus its number, as a shell has it.
const SIGNAL: i32 = 128;
const SIGXCPU: i32 = SIGNAL + libc::SIGXCPU;
const SIGXFSZ: i32 = SIGNAL + libc::SIGXFSZ;

/// The exit code of init where the containment could not be set up.
const SETUP: i32 = 125;

/// Runs the program of the spec, and prints how it ended.
pub(crate) fn run(spec: &str) -> Result<()> {
    sys::close_from_3()?;
    let spec: Spec = serde_json::from_str(spec)?;
    let _ = setsid(); // fails where we lead a session already
    prctl::set_child_subreaper(true)?;
    let (init_lives, held_by_init) = io::pipe()?;
    let place = Place::new(&spec).context("a folder for the program")?;
    enter_namespaces(spec.measures)?;

    let init_pid = sys::fork(|| {
        init(&spec, &place).unwrap_or_else(|why| {
            eprintln!("the containment could not be set up: {why:#}");
            SETUP
        })
    })?;
    drop(held_by_init);
    let verdict = watch(&spec, &place, init_pid, &init_lives);
    let _ = kill(init_pid, Signal::SIGKILL);
    tree::sweep();
    let printed = |file: &Path| -> Result<String> {
        let mut bytes = fs::read(file)?;
        bytes.truncate(spec.limits.output as usize);
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let done = Done { verdict: verdict?, stdout: printed(&place.stdout)?, stderr: printed(&place.stderr)? };
    Ok(serde_json::to_writer(io::stdout(), &done)?)
}

/// What is made for one program, and removed after it.
struct Place {
    /// Everybody can enter it, whatever the umask.
    folder: TempDir,
    /// The program may write here.
    home: PathBuf,
    /// The program; for a stranger a copy, which another user can read.
    program: PathBuf,
    stdout: PathBuf,
    stderr: PathBuf,
    uid: Option<u32>,
}

impl Place {
    fn new(spec: &Spec) -> io::Result<Self> {
        let everybody = fs::Permissions::from_mode(0o755);
        let folder = tempfile::Builder::new().prefix("grade-").tempdir()?;
        fs::set_permissions(folder.path(), everybody.clone())?;
        let [home, copy, stdout, stderr] = ["home", "program", "stdout", "stderr"].map(|name| folder.path().join(name));
        let mut program = PathBuf::from(&spec.command[0]);
        if spec.stranger {
            fs::copy(program, &copy)?;
            fs::set_permissions(&copy, everybody)?;
            program = copy;
        }
        // Of the range that systemd keeps for users of one service: another one for each supervisor at work.
        let uid = (spec.stranger && is_root()).then(|| 61_184 + process::id() % 4_000);
        fs::create_dir(&home)?;
        chown(&home, uid, uid)?;
        Ok(Self { folder, home, program, stdout, stderr, uid })
    }
}

fn enter_namespaces(measures: Measures) -> Result<()> {
    if !is_root() && (measures.pid_namespace || measures.network_namespace) {
        let process = fs::metadata("/proc/self")?;
        let (uid, gid) = (process.uid(), process.gid());
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
fn watch(spec: &Spec, place: &Place, init_pid: Pid, init_lives: &PipeReader) -> Result<Verdict> {
    let killed = |limit: &str| Ok(Verdict::Killed(limit.to_owned()));
    let length = |file| fs::metadata(file).map_or(0, |file| file.len());
    let grader = getppid();
    for _ in 0..spec.limits.seconds * 1000 / u64::from(INTERVAL) {
        let ends = poll(&mut [PollFd::new(init_lives.as_fd(), PollFlags::POLLIN)], PollTimeout::from(INTERVAL))? > 0;
        let pids = tree::descendants(getpid());
        let exceeded = [
            ("processes", tree::tasks(&pids) > spec.limits.tasks),
            ("memory", tree::takes_more_than(spec.limits.memory, &pids)),
            ("output", length(&place.stdout) + length(&place.stderr) > spec.limits.output),
        ];
        if let Some((limit, _)) = exceeded.iter().find(|(_, exceeded)| *exceeded) {
            return killed(limit);
        }
        // Init has closed the pipe, but may not be dead yet. It is ours, so it will be: wait for that.
        match waitpid(init_pid, (!ends).then_some(WaitPidFlag::WNOHANG))? {
            WaitStatus::StillAlive => {}
            _ if sys::largest_child() > spec.limits.memory => return killed("memory"), // gone before it was seen
            WaitStatus::Exited(_, SETUP) => bail!("init failed"),
            WaitStatus::Exited(_, SIGXCPU) => return killed("time"),
            WaitStatus::Exited(_, SIGXFSZ) => return killed("output"),
            WaitStatus::Exited(_, code @ 129..) => {
                let signal = Signal::try_from(code - SIGNAL).map_or("a signal", Signal::as_str);
                return Ok(Verdict::EndedEarly(signal.to_owned()));
            }
            WaitStatus::Exited(_, code) => return Ok(Verdict::EndedEarly(format!("exit code {code}"))),
            other => bail!("init ended: {other:?}"),
        }
        ensure!(getppid() == grader, "the grader has ended");
    }
    Ok(Verdict::Hung)
}

/// Starts the program, waits for its end, and lets nothing outlive it. The result is its exit code, as a shell has it.
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
            WaitStatus::Signaled(pid, signal, _) if pid == program => break SIGNAL + signal as i32,
            _ => {}
        }
    };
    tree::sweep();
    Ok(if result == SETUP { 1 } else { result })
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
    command.stdout(File::create(&place.stdout)?).stderr(File::create(&place.stderr)?);
    let read: Vec<PathBuf> = spec.read.iter().cloned().chain([place.folder.path().to_owned()]).collect();
    let write: Vec<PathBuf> = spec.write.iter().cloned().chain([place.home.clone()]).collect();
    let landlock = spec.measures.landlock;
    // The kernel counts all tasks of a user. Those of this program alone are counted only in a user namespace, or under
    // a uid that nobody else has. The watch comes first and can name the cause.
    let counted_alone = place.uid.is_some() || (!is_root() && spec.measures.pid_namespace);
    let bounds = [
        (Resource::RLIMIT_NPROC, if counted_alone { spec.limits.tasks * 3 / 2 } else { u64::MAX }),
        (Resource::RLIMIT_DATA, spec.limits.memory * 2), // address space, of which not all is used
        (Resource::RLIMIT_CPU, spec.limits.cpu_seconds),
        (Resource::RLIMIT_FSIZE, spec.limits.file),
        (Resource::RLIMIT_NOFILE, 1024),
        (Resource::RLIMIT_CORE, 0),
    ];
    sys::before_exec(&mut command, move || {
        setsid()?;
        sys::reset_signals();
        SigSet::all().thread_unblock()?; // so that no parent's settings count
        prctl::set_pdeathsig(Signal::SIGKILL)?; // a new uid has cleared it
        for (resource, bound) in bounds {
            let (_, hard) = getrlimit(resource)?;
            let bound = hard.min(bound); // an ordinary user cannot raise it
            setrlimit(resource, bound, bound)?;
        }
        if landlock {
            fence::raise(&read, &write).map_err(io::Error::other)?;
        }
        Ok(())
    });
    Ok(command.spawn().with_context(|| spec.command[0].clone())?.id() as i32)
}
