//! The program: its lessons, its options, its exit codes.

use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const LESSONS: [&str; 9] = ["phases", "race", "starvation", "unref", "threads", "files", "wakeup", "echo", "blocking"];
const DEADLINE: Duration = Duration::from_secs(10);

fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_event-loop"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the program; one that does not end in time is killed, and the test fails.
fn run(mut command: Command) -> Output {
    let child = command.spawn().expect("the program starts");
    let pid = Pid::from_raw(child.id() as i32);
    let (ended, end) = mpsc::channel();
    let waiting = thread::spawn(move || ended.send(child.wait_with_output()));
    let output = end.recv_timeout(DEADLINE).unwrap_or_else(|_| {
        kill(pid, Signal::SIGKILL).expect("it is our child, not waited for yet");
        panic!("the program did not end within {DEADLINE:?}");
    });
    let _ = waiting.join();
    output.expect("its output is piped")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("the program prints UTF-8")
}

#[test]
fn every_lesson_shows_its_claim_and_the_program_ends_with_0() {
    let output = run(program(&[]));
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!((output.status.code(), err.as_str()), (Some(0), ""), "{out}");
    for lesson in LESSONS {
        assert!(out.contains(&format!("{lesson}: ")), "missing: {lesson}\n{out}");
    }
    for lesson in out.split("\n\n") {
        assert!(lesson.lines().count() <= 15, "too long: {lesson}");
    }
    let widest = out.lines().max_by_key(|line| line.chars().count()).unwrap_or_default();
    assert!(widest.chars().count() <= 80, "too wide: {widest}");
}

#[test]
fn the_list_names_every_lesson() {
    let output = run(program(&["--list"]));
    let names: Vec<_> = text(&output.stdout).lines().map(|l| l.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!((output.status.code(), names), (Some(0), LESSONS.map(String::from).to_vec()));
}

#[test]
fn only_the_lessons_named_are_shown() {
    let output = run(program(&["wakeup"]));
    let out = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0));
    assert!(out.starts_with("wakeup: ") && !out.contains("phases: "), "{out}");
}

#[test]
fn an_unknown_lesson_is_named_with_the_nearest_and_the_exit_code_is_2() {
    let output = run(program(&["ecko"]));
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(err.contains("'ecko'") && err.contains("echo"), "{err}");
    assert!(output.stdout.is_empty());
}

#[test]
fn an_unknown_option_gives_exit_code_2_and_the_usage() {
    let output = run(program(&["--lisst"]));
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(err.contains("--lisst") && err.contains("Usage:"), "{err}");
}

#[test]
fn help_is_printed_on_standard_output() {
    let output = run(program(&["--help"]));
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("Usage: event-loop"));
}

#[test]
fn a_reader_that_leaves_is_no_panic() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = program(&[]);
    command.stdout(writer);
    let output = run(command);
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
}
