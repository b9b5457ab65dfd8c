//! Every check, one process after another, with the result printed. The answer never runs in this process, so it can
//! neither hang it nor end it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;

use super::one::SEPARATOR;
use super::{Check, Failure, Outcome, failure};

/// How long one check may take: far more than it needs, so one that reaches it hangs.
const DEADLINE: Duration = Duration::from_secs(10);

/// Runs and prints all checks. The exit code is 0 if every one passed.
pub fn run(exercise: &str, checks: &[Check]) -> ExitCode {
    let _ = prctl::set_child_subreaper(true); // what an answer leaves behind comes to us
    println!("{exercise}: {} checks", checks.len());
    let mut passed = 0;
    for (n, check) in checks.iter().enumerate() {
        match in_a_process(n) {
            Ok(()) => {
                println!("✓ {}", check.name);
                passed += 1;
            }
            Err(why) => print(check, &why),
        }
    }
    println!("{passed} of {} checks pass", checks.len());
    if passed == checks.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn print(check: &Check, why: &Failure) {
    println!("✗ {}", check.name);
    for (label, text) in
        [("cause", &*why.cause), ("expected", &why.expected), ("actual", &why.actual), ("hint", check.hint)]
    {
        if !text.is_empty() {
            println!("    {label:<9} {text}");
        }
    }
}

fn in_a_process(n: usize) -> Outcome {
    let nonce = setup_step(nonce())?;
    let (ours, theirs) = setup_step(UnixDatagram::pair())?;
    setup_step(ours.send(nonce.as_bytes()))?;
    setup_step(ours.set_read_timeout(Some(Duration::from_millis(20))))?;
    let mut command = Command::new("/proc/self/exe");
    command.args(["--one", &n.to_string()]).stdin(Stdio::from(OwnedFd::from(theirs))).process_group(0);
    let mut child = setup_step(command.spawn())?;
    let outcome = follow(&mut child, &ours, &nonce);
    end(&mut child);
    outcome
}

fn setup_step<T>(step: io::Result<T>) -> Result<T, Failure> {
    super::setup(step)
}

/// Waits for the report, the end of the process, or the deadline, whichever is first.
fn follow(child: &mut Child, socket: &UnixDatagram, nonce: &str) -> Outcome {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let ended = setup_step(child.try_wait())?;
        while let Some(message) = receive(socket) {
            if let Some(outcome) = message.strip_prefix(nonce).and_then(outcome) {
                return outcome;
            }
        }
        if let Some(status) = ended {
            return Err(ended_early(status));
        }
        if Instant::now() > deadline {
            return Err(failure(format!("it hangs: no result within {} seconds", DEADLINE.as_secs())));
        }
    }
}

fn ended_early(status: ExitStatus) -> Failure {
    failure(format!("the process ended early ({status}), before the check had its result"))
}

fn receive(socket: &UnixDatagram) -> Option<String> {
    let mut message = vec![0; 64 * 1024];
    let length = socket.recv(&mut message).ok()?;
    message.truncate(length);
    String::from_utf8(message).ok()
}

/// What a report says; nothing where it only says that the check has begun.
fn outcome(report: &str) -> Option<Outcome> {
    let mut parts = report.split(SEPARATOR).map(str::to_owned);
    match parts.next()?.trim() {
        "passed" => Some(Ok(())),
        kind @ ("failed" | "setup") => {
            let setup = kind == "setup";
            let mut next = || parts.next().unwrap_or_default();
            Some(Err(Failure { cause: next(), expected: next(), actual: next(), setup }))
        }
        _ => None,
    }
}

/// Kills the check's process with everything that it has started, and waits until nothing is left.
fn end(child: &mut Child) {
    let _ = killpg(Pid::from_raw(child.id() as i32), Signal::SIGKILL);
    let _ = child.wait();
    loop {
        let orphans = fs::read_to_string("/proc/thread-self/children").unwrap_or_default();
        for orphan in orphans.split_whitespace().filter_map(|pid| pid.parse().ok()) {
            let _ = kill(Pid::from_raw(orphan), Signal::SIGKILL);
        }
        if waitpid(None, None) == Err(Errno::ECHILD) {
            return;
        }
    }
}

fn nonce() -> io::Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.map(|byte| format!("{byte:02x}")).concat())
}
