//! Every check, one process after another, with the result printed. The answer never runs in this process, so it can
//! neither hang it nor end it.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitCode, ExitStatus};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;

use super::protocol::{Receiver, Report};
use super::{Check, Failure, Outcome, failure, setup};

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
    let (reports, stdin) = setup(Receiver::new())?;
    let mut command = Command::new("/proc/self/exe");
    command.args(["--one", &n.to_string()]).stdin(stdin).process_group(0);
    let mut child = setup(command.spawn())?;
    let outcome = follow(&mut child, &reports);
    end(&mut child);
    outcome
}

/// Waits for the report, the end of the process, or the deadline, whichever is first.
fn follow(child: &mut Child, reports: &Receiver) -> Outcome {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let ended = setup(child.try_wait())?;
        while let Some(report) = reports.next() {
            if let Report::Ended(outcome) = report {
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
