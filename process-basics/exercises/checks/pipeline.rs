//! The checks of the exercise `pipeline`.

use std::io::{self, ErrorKind, PipeReader, Read};
use std::process::{Command, ExitCode, ExitStatus};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};

use answer::pipeline;
use harness::{Check, Failure, Outcome, answered, ensure, equal, failure, look, setup};

#[forbid(unsafe_code)]
#[path = "../pipeline.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "what the first program prints, the second one reads, and both ends are returned",
        hint: "start both, then wait for both; the first end in the result is that of the first program",
        more: "the second program's own standard output is not yours to change",
        run: data_and_ends,
    },
    Check {
        name: "the second program sees the end of its input when the first one has ended",
        hint: "somebody still has the write end open: this process, a Command, or the second program itself",
        more: "a Command that was given a PipeWriter keeps it: drop the Command after spawn",
        run: end_of_input,
    },
    Check {
        name: "the first program gets SIGPIPE when the second one ends early",
        hint: "somebody still has the read end open: this process, a Command, or the first program itself",
        more: "the Command of the second program keeps the read end: drop it before you wait",
        run: broken_pipe,
    },
    Check {
        name: "both run at the same time",
        hint: "start the second program before you wait for the first one",
        more: "spawn, spawn, wait, wait; `output` and `status` wait already",
        run: at_the_same_time,
    },
    Check {
        name: "no byte goes through this process",
        hint: "do not copy: give the second program the read end itself as its standard input",
        more: "child.stdout.take() is a ChildStdout, and a Stdio can be made from it",
        run: one_pipe,
    },
    Check {
        name: "neither program has a descriptor too many",
        hint: "a descriptor without close-on-exec is inherited by every program that is started",
        more: "nix::unistd::pipe() does not set close-on-exec: use std::io::pipe() or Stdio::piped()",
        run: no_leak,
    },
    Check {
        name: "this process keeps neither a descriptor nor a child",
        hint: "wait for both programs, and close both ends of the pipe",
        more: "a descriptor that is never dropped (into_raw_fd, mem::forget) stays open until the process ends",
        run: keeps_nothing,
    },
    Check {
        name: "if one cannot be started, the other one is not left behind",
        hint: "a `?` after the start of the second program forgets the first one, which runs",
        more: "match on the second spawn: on an error kill the first program, wait for it, and return the error",
        run: cannot_start,
    },
];

fn main() -> ExitCode {
    harness::run("process-basics pipeline", CHECKS)
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

/// Runs the pipeline. A program that still runs after three seconds waits for something that does not come: it is
/// killed, so that its end shows this instead of a hang.
fn run(a: Command, b: Command) -> Result<[String; 2], Failure> {
    let (done, is_done) = mpsc::channel::<()>();
    let patience = thread::spawn(move || {
        let mut limit = Duration::from_secs(3);
        while is_done.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            for child in look::children() {
                let _ = kill(child, Signal::SIGKILL);
            }
            limit = Duration::from_millis(20);
        }
    });
    let ends = pipeline(a, b);
    drop(done);
    let _ = patience.join();
    Ok(answered(ends)?.map(text))
}

fn text(end: ExitStatus) -> String {
    match end.code() {
        Some(code) => format!("exit code {code}"),
        None => end.to_string(),
    }
}

fn ends(a: &str, b: &str) -> [String; 2] {
    [a.into(), b.into()]
}

/// A command with a pipe as its standard output, which is to be read after the pipeline has returned.
fn printing(mut command: Command) -> Result<(Command, PipeReader), Failure> {
    let (reader, writer) = setup(io::pipe())?;
    command.stdout(writer);
    Ok((command, reader))
}

/// What a program has printed at once. The writer may still be open, so this does not read to the end.
fn printed(mut reader: PipeReader) -> String {
    let mut bytes = [0; 4096];
    let length = reader.read(&mut bytes).unwrap_or(0);
    String::from_utf8_lossy(&bytes[..length]).trim_end().to_owned()
}

fn data_and_ends() -> Outcome {
    let (b, lines) = printing(shell("read one; read two; echo $two $one; kill -9 $$"))?;
    let both = run(shell("echo first; echo second; exit 3"), b)?;
    equal("the ends are wrong", &both, &ends("exit code 3", "signal: 9 (SIGKILL)"))?;
    equal("the second program prints the lines in reverse order", &printed(lines), &"second first".into())
}

fn end_of_input() -> Outcome {
    let both = run(shell("exit 0"), shell("cat >/dev/null; exit 5"))?;
    equal("a program that waited for three seconds was killed", &both, &ends("exit code 0", "exit code 5"))
}

fn broken_pipe() -> Outcome {
    let more_than_a_pipe_holds = shell("exec head -c 20000000 /dev/zero");
    let both = run(more_than_a_pipe_holds, shell("exit 6"))?;
    let expected = ends("signal: 13 (SIGPIPE)", "exit code 6");
    equal("a program that waited for three seconds was killed", &both, &expected)
}

/// The first program ends only after it got an answer from the second one.
fn at_the_same_time() -> Outcome {
    let (b, answer) = printing(shell("read line; echo pong; cat >/dev/null"))?;
    let mut a = shell("echo ping; read answer; [ \"$answer\" = pong ]");
    a.stdin(answer);
    let both = run(a, b)?;
    equal("each waits for a line of the other one", &both, &ends("exit code 0", "exit code 0"))
}

fn one_pipe() -> Outcome {
    let (mut reader, writer) = setup(io::pipe())?;
    let mut a = shell("exec 3>&1; readlink /proc/self/fd/3 >&2");
    a.stderr(writer);
    let (b, input) = printing(shell("readlink /proc/self/fd/0; cat >/dev/null"))?;
    run(a, b)?;
    let mut output = [0; 100];
    let length = reader.read(&mut output).unwrap_or(0);
    let output = String::from_utf8_lossy(&output[..length]).trim_end().to_owned();
    ensure(output.starts_with("pipe:"), "the first program prints into something else", "a pipe", &output)?;
    equal("what the second program reads is not what the first one writes", &printed(input), &output)
}

/// Prints the numbers of the open descriptors above 2.
const LIST: &str = "n=3; while [ $n -lt 256 ]; do [ -e /proc/$$/fd/$n ] && list=\"$list $n\"; n=$((n + 1)); done; \
                    echo \"descriptors:$list\" >&2; cat >/dev/null";

/// The same program alone is the control: what it has there, it did not get from the pipeline.
fn no_leak() -> Outcome {
    let alone = setup(shell(LIST).output())?;
    let alone = String::from_utf8_lossy(&alone.stderr).trim_end().to_owned();
    for program in ["first", "second"] {
        let (reader, writer) = setup(io::pipe())?;
        let (mut a, mut b) = (shell("cat >/dev/null"), shell("cat >/dev/null"));
        let listing = if program == "first" { &mut a } else { &mut b };
        *listing = shell(LIST);
        listing.stderr(writer);
        run(a, b)?;
        equal(&format!("the {program} program has others than alone"), &printed(reader), &alone)?;
    }
    Ok(())
}

fn keeps_nothing() -> Outcome {
    let before = look::descriptors();
    let both = run(shell("echo line; exit 1"), shell("cat >/dev/null; exit 2"))?;
    equal("the open descriptors are not those of before", &look::descriptors(), &before)?;
    equal("children are left, as zombies or running", &look::children(), &vec![])?;
    equal("the ends are wrong", &both, &ends("exit code 1", "exit code 2"))
}

fn cannot_start() -> Outcome {
    let missing = || Command::new("/no/such/program");
    let (never, output) = printing(shell("echo started"))?;
    for (a, b, which) in [(shell("exec sleep 1000"), missing(), "second"), (missing(), never, "first")] {
        let before = look::descriptors();
        match pipeline(a, b) {
            Err(error) => equal("the error is another one", &error.kind(), &ErrorKind::NotFound)?,
            Ok(_) => return Err(failure(format!("the {which} program does not exist, and there was no error"))),
        }
        equal(&format!("the {which} program does not exist; children are left"), &look::children(), &vec![])?;
        ensure(look::descriptors().len() <= before.len(), "descriptors are left", before.len(), "more")?;
    }
    equal("the first program does not exist, and the second one ran", &printed(output), &"".into())
}
