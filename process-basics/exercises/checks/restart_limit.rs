//! The checks of the exercise `restart_limit`.

use std::io::{self, ErrorKind, PipeReader, Read, Write};
use std::os::fd::AsFd;
use std::process::{Command, ExitCode};

use answer::{End, Error, supervise};
use harness::watch::Watcher;
use harness::{Check, Failure, Outcome, ensure, equal, failure, look, setup};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

#[forbid(unsafe_code)]
#[path = "../restart_limit.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "a program that exits with code 0 runs once, and that is no error",
        hint: "an exit with code 0 is voluntary: it ends the supervision, whatever is left of the restarts",
        more: "ExitStatus::success() is true for code 0 only: return Ok(()) then",
        run: voluntary_exit,
    },
    Check {
        name: "it is restarted after each crash until it exits with code 0",
        hint: "both a code other than 0 and a death by a signal are crashes",
        more: "code() is None after a signal: do not replace it with 0",
        run: recovers,
    },
    Check {
        name: "when no restart is left, a crash is an error with the last end",
        hint: "with N restarts there are at most N + 1 runs; with 0 restarts there is one",
        more: "compare the number of restarts so far with the limit before you start again, not after",
        run: gives_up,
    },
    Check {
        name: "every end is reported once, in order, the last one included",
        hint: "report first, then decide what the end means",
        more: "call report(end) directly after the wait, before any return",
        run: reports,
    },
    Check {
        name: "an end is reported before the next run begins",
        hint: "do not collect the ends: a supervisor may run for months",
        more: "the next spawn comes after report(end), in the same round of the loop",
        run: reports_at_once,
    },
    Check {
        name: "when an end is reported, that child is reaped",
        hint: "waiting for the end of a child and reaping it is one call: Child::wait",
        more: "waitid with WNOWAIT only looks at the end: the zombie stays; and Child has no Drop that reaps",
        run: reaps,
    },
    Check {
        name: "it sleeps while the program runs",
        hint: "do not ask again and again: let the kernel wake you",
        more: "try_wait returns at once, so a loop around it spins, and with a sleep in it, polls; wait sleeps",
        run: sleeps,
    },
    Check {
        name: "a program that cannot be started is an error, and no end",
        hint: "spawn fails where there is no such program: nothing ran, so nothing crashed",
        more: "use ? on the result of the start: it becomes Error::System",
        run: cannot_start,
    },
];

fn main() -> ExitCode {
    harness::run("process-basics restart_limit", CHECKS)
}

/// A program whose n-th run does what the n-th line says. Each run first writes a dot to the pipe.
fn program(lines: &[&str]) -> Result<(Command, PipeReader), Failure> {
    let (stdin, mut writer) = setup(io::pipe())?;
    setup(writer.write_all((lines.join("\n") + "\n").as_bytes()))?;
    let (dots, stdout) = setup(io::pipe())?;
    let mut command = Command::new("sh");
    command.args(["-c", r#"printf . && read -r line && eval "$line""#]).stdin(stdin).stdout(stdout);
    Ok((command, dots))
}

/// How many runs began since the last call.
fn runs(dots: &mut PipeReader) -> usize {
    let mut fds = [PollFd::new(dots.as_fd(), PollFlags::POLLIN)];
    match poll(&mut fds, PollTimeout::ZERO) {
        Ok(1) => dots.read(&mut [0; 1000]).unwrap_or(0),
        _ => 0,
    }
}

/// What came of a supervised program: how often it ran, what was reported, and the result.
fn supervised(lines: &[&str], restarts: usize) -> Result<(usize, Vec<End>, String), Failure> {
    let (mut command, mut dots) = program(lines)?;
    let mut ends = Vec::new();
    let result = supervise(&mut command, restarts, &mut |end| ends.push(end));
    Ok((runs(&mut dots), ends, format!("{result:?}")))
}

/// How a result is printed that says: the last run crashed.
fn crashed(end: End) -> String {
    format!("{:?}", Err::<(), Error>(Error::Crashed(end)))
}

fn voluntary_exit() -> Outcome {
    let (runs, _, result) = supervised(&["exit 0", "exit 0", "exit 0", "exit 0"], 3)?;
    equal("the number of runs is wrong", &runs, &1)?;
    equal("the result is wrong", &result, &"Ok(())".into())
}

fn recovers() -> Outcome {
    let (runs, _, result) = supervised(&["exit 3", "kill -9 $$", "exit 255", "exit 0", "exit 0"], 5)?;
    equal("it crashed three times; the number of runs is wrong", &runs, &4)?;
    equal("the fourth run exited with code 0", &result, &"Ok(())".into())
}

fn gives_up() -> Outcome {
    let (runs, _, result) = supervised(&["exit 1", "exit 2", "exit 3", "exit 0"], 2)?;
    equal("two restarts were allowed; the number of runs is wrong", &runs, &3)?;
    equal("three runs crashed, the last one with code 3", &result, &crashed(End::Code(3)))?;
    let (runs, _, result) = supervised(&["kill -15 $$", "exit 0"], 0)?;
    equal("no restart was allowed; the number of runs is wrong", &runs, &1)?;
    equal("the only run was killed by signal 15", &result, &crashed(End::Signal(15)))
}

fn reports() -> Outcome {
    let (_, ends, _) = supervised(&["exit 3", "kill -9 $$", "exit 0"], 2)?;
    equal("the program recovered", &ends, &vec![End::Code(3), End::Signal(9), End::Code(0)])?;
    let (_, ends, _) = supervised(&["exit 3", "exit 4"], 1)?;
    equal("the program did not recover", &ends, &vec![End::Code(3), End::Code(4)])
}

fn reports_at_once() -> Outcome {
    let (mut command, mut dots) = program(&["exit 1", "exit 2", "exit 3", "exit 0"])?;
    let mut begun = Vec::new();
    let _ = supervise(&mut command, 3, &mut |_| begun.push(runs(&mut dots)));
    equal("runs that began before each report, since the one before", &begun, &vec![1, 1, 1, 1])
}

fn reaps() -> Outcome {
    let (mut command, _dots) = program(&["exit 1", "kill -9 $$", "exit 0"])?;
    let mut children = Vec::new();
    let _ = supervise(&mut command, 2, &mut |_| children.push(look::children().len()));
    equal("children, ended or not, at each report", &children, &vec![0, 0, 0])?;
    equal("children are left after the return", &look::children(), &vec![])
}

/// A child of the check looks at this process, which is in `supervise`, and lets the program end then.
fn sleeps() -> Outcome {
    let (stdin, hold) = setup(io::pipe())?;
    let watcher = Watcher::started(hold)?; // without it the program's `read` returns
    let mut command = Command::new("sh");
    let result = supervise(command.args(["-c", "read line; exit 0"]).stdin(stdin), 0, &mut |_| ());
    result.map_err(|error| failure(format!("the program exited with code 0, and the result is {error:?}")))?;
    ensure(watcher.result(), "this process ran again and again", "asleep in one system call", "awake")
}

fn cannot_start() -> Outcome {
    let mut ends = Vec::new();
    match supervise(&mut Command::new("/no/such/program"), 3, &mut |end| ends.push(end)) {
        Err(Error::System(error)) => equal("the error is another one", &error.kind(), &ErrorKind::NotFound)?,
        other => return Err(failure(format!("Err(System(…)) was expected, and {other:?} came"))),
    }
    equal("nothing ran, and ends were reported", &ends, &vec![])
}
