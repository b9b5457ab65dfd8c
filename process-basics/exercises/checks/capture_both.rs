//! The checks of the exercise `capture_both`.

use std::io;
use std::process::{Command, ExitCode};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use answer::{Captured, capture_both};
use harness::watch::Watcher;
use harness::{Check, Outcome, answered, ensure, equal, look, setup};

#[forbid(unsafe_code)]
#[path = "../capture_both.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "both streams come back apart, with the exit code",
        hint: "give the command a pipe for each stream, and return when the program has ended",
        more: "Stdio::piped() twice; the deadline is an hour here, so do not sleep until it comes",
        run: both,
    },
    Check {
        name: "a full pipe blocks neither the program nor the function",
        hint: "a pipe holds 64 KiB: a program that fills one waits until somebody reads from it",
        more: "do not read one stream to its end and then the other: poll both, and read from the one that is ready",
        run: full_pipe,
    },
    Check {
        name: "at the deadline the program is killed, and what it printed so far is returned",
        hint: "the deadline is no error: keep the bytes that were read so far",
        more: "poll returns 0 when the time is up: kill, wait, read once more what is in the pipes, and return",
        run: deadline,
    },
    Check {
        name: "a program that keeps printing does not move the deadline",
        hint: "each round of the loop has only the time that is left",
        more: "note the instant of the deadline at the start, and give poll the difference to now",
        run: keeps_printing,
    },
    Check {
        name: "a program that closes both streams and runs on is killed at the deadline",
        hint: "the end of the streams is not the end of the program",
        more: "Child::wait knows no deadline: leave the loop when the program has ended, not when both streams have",
        run: closes_streams,
    },
    Check {
        name: "a grandchild that holds the pipes does not delay the return",
        hint: "the grandchild inherited the write ends: the streams do not end with the program",
        more: "poll a third descriptor that becomes ready at the program's end; then read once what is there, and return",
        run: grandchild,
    },
    Check {
        name: "no zombie, no descriptor and no thread is left",
        hint: "a killed child must be reaped, too; a thread that reads from a grandchild's pipe stays with its descriptor",
        more: "wait() after kill(); and only a thread that ends with the program can be joined",
        run: leaves_nothing,
    },
    Check {
        name: "it sleeps while the program neither prints nor ends",
        hint: "do not ask again and again; and a stream at its end is ready all the time",
        more: "stop polling a stream after read returned 0, and let poll sleep for all the time that is left",
        run: sleeps,
    },
];

const HOUR: Duration = Duration::from_secs(3600);
const SECOND: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    harness::run("process-basics capture_both", CHECKS)
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

/// The exit code; "killed" where there is no status.
fn end(captured: &Captured) -> String {
    captured.status.map_or("killed at the deadline".into(), |status| status.to_string())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn both() -> Outcome {
    let captured = answered(capture_both(&mut shell("printf one; printf two >&2; printf three; exit 7"), HOUR))?;
    equal("standard output is wrong", &text(&captured.stdout), &"onethree".into())?;
    equal("standard error is wrong", &text(&captured.stderr), &"two".into())?;
    equal("the end is wrong", &end(&captured), &"exit status: 7".into())
}

fn full_pipe() -> Outcome {
    let script = "head -c 300000 /dev/zero >&2 && head -c 300000 /dev/zero && head -c 300000 /dev/zero >&2";
    let captured = answered(capture_both(&mut shell(script), 5 * SECOND))?;
    equal("the program waited for somebody to read", &end(&captured), &"exit status: 0".into())?;
    let lengths = (captured.stdout.len(), captured.stderr.len());
    equal("the bytes on standard output and standard error", &lengths, &(300_000, 600_000))
}

fn deadline() -> Outcome {
    let script = "printf 'so far'; printf 'and here' >&2; exec sleep 1000";
    let captured = answered(capture_both(&mut shell(script), 2 * SECOND))?;
    equal("the program would have run on", &end(&captured), &"killed at the deadline".into())?;
    equal("standard output is wrong", &text(&captured.stdout), &"so far".into())?;
    equal("standard error is wrong", &text(&captured.stderr), &"and here".into())
}

/// Five seconds of output, and a deadline of one: an answer that moves the deadline sees the exit code.
fn keeps_printing() -> Outcome {
    let script = "n=0; while [ $n -lt 100 ]; do echo tick; sleep 0.05; n=$((n + 1)); done";
    let captured = answered(capture_both(&mut shell(script), SECOND))?;
    equal("the program printed until its own end", &end(&captured), &"killed at the deadline".into())
}

fn closes_streams() -> Outcome {
    let captured = answered(capture_both(&mut shell("exec sleep 5 >/dev/null 2>&1"), SECOND / 2))?;
    equal("the program ran until its own end", &end(&captured), &"killed at the deadline".into())
}

/// The grandchild ends when this process lets it: after the return, or after three seconds without one.
fn grandchild() -> Outcome {
    let (stdin, hold) = setup(io::pipe())?;
    let (returned, has_returned) = mpsc::channel::<()>();
    let patience = thread::spawn(move || {
        let delayed = has_returned.recv_timeout(3 * SECOND) == Err(RecvTimeoutError::Timeout);
        drop(hold);
        delayed
    });
    let mut program = shell("exec 3<&0; cat <&3 & printf out; printf err >&2; exit 4");
    let captured = capture_both(program.stdin(stdin), HOUR);
    drop(returned);
    let delayed = patience.join().unwrap_or(true);
    let captured = answered(captured)?;
    ensure(!delayed, "the program had ended", "returned at once", "waited for the grandchild")?;
    equal("the end is wrong", &end(&captured), &"exit status: 4".into())?;
    equal("standard output is wrong", &text(&captured.stdout), &"out".into())?;
    equal("standard error is wrong", &text(&captured.stderr), &"err".into())
}

fn leaves_nothing() -> Outcome {
    let (stdin, _hold) = setup(io::pipe())?;
    let mut left_behind = shell("exec 3<&0; cat <&3 & printf out");
    left_behind.stdin(stdin);
    let before = look::descriptors();
    answered(capture_both(&mut shell("exit 3"), HOUR))?;
    answered(capture_both(&mut shell("exec sleep 1000"), SECOND / 5))?;
    answered(capture_both(&mut left_behind, SECOND))?;
    let descriptors = look::descriptors();
    equal("children are left, as zombies or running", &look::children(), &vec![])?;
    equal("the open descriptors are not those of before", &descriptors, &before)?;
    look::wait_until(|| look::threads() == 1);
    equal("threads are left", &look::threads(), &1)
}

/// A child of the check looks at this process, which is in `capture_both`, and lets the program end then.
fn sleeps() -> Outcome {
    let (stdin, hold) = setup(io::pipe())?;
    let watcher = Watcher::started(hold)?; // without it the program's `read` returns
    let mut program = shell("printf out; exec >/dev/null; read line; exit 0");
    let captured = answered(capture_both(program.stdin(stdin), HOUR))?;
    equal("the program was let end", &end(&captured), &"exit status: 0".into())?;
    ensure(watcher.result(), "this process ran again and again", "asleep in one system call", "awake")
}
