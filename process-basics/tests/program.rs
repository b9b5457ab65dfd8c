//! The chapter's program: what it prints, what it refuses, what it leaves behind.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const PROGRAM: &str = env!("CARGO_BIN_EXE_process-basics");
const DEADLINE: Duration = Duration::from_secs(30);

/// Runs the program to its end, which must come before the deadline.
fn run(args: &[&str]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    finish(command.spawn().expect("the program starts"))
}

fn finish(child: Child) -> Output {
    let pid = Pid::from_raw(child.id() as i32);
    let (done, outcome) = mpsc::channel();
    thread::spawn(move || done.send(child.wait_with_output()));
    let Ok(output) = outcome.recv_timeout(DEADLINE) else {
        let _ = kill(pid, Signal::SIGKILL);
        panic!("the program did not end within {DEADLINE:?}");
    };
    output.expect("its output can be read")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("the program prints UTF-8")
}

#[test]
fn every_lesson_shows_its_claim() {
    let output = run(&[]);
    let (shown, complaints) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{shown}{complaints}");
    for lesson in shown.split("\n\n") {
        let name = lesson.split(':').next().unwrap_or_default();
        assert!(lesson.lines().count() <= 15, "{name} prints too many lines");
        assert!(lesson.lines().all(|line| line.chars().count() <= 80), "{name} prints too long a line:\n{lesson}");
        assert!(lesson.contains("Expected: "), "{name} does not say what is expected");
    }
}

#[test]
fn a_named_lesson_is_shown_alone() {
    let output = run(&["spawn"]);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0));
    assert!(shown.starts_with("spawn: ") && !shown.contains("memory: "), "{shown}");
}

#[test]
fn list_names_every_lesson() {
    let listed = text(&run(&["--list"]).stdout);
    let names: Vec<_> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(
        names,
        ["memory", "spawn", "stdio", "reap", "signals", "orphan", "message", "shared", "crash", "what-is-shared",]
    );
}

#[test]
fn an_unknown_lesson_is_named_with_the_nearest() {
    let output = run(&["memroy"]);
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(complaint.matches("'memroy'").count() == 1 && complaint.contains("nearest are: memory"), "{complaint}");
}

#[test]
fn an_unknown_flag_is_wrong_usage() {
    let output = run(&["--loud"]);
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(complaint.contains("--loud") && complaint.contains("Usage:"), "{complaint}");
}

#[test]
fn an_unknown_role_is_refused() {
    let me = std::process::id().to_string();
    let output = run(&["child", "process-basics/dancer", &me]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("'dancer'"));
}

#[test]
fn a_reader_who_leaves_ends_it_quietly() {
    let mut command = Command::new(PROGRAM);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = finish(child);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
}

#[test]
fn killed_or_interrupted_at_any_line_of_a_lesson_it_leaves_nothing_behind() {
    let names = text(&run(&["--list"]).stdout);
    for lesson in names.lines().filter_map(|line| line.split_whitespace().next()) {
        let lines = text(&run(&[lesson]).stdout).lines().count();
        for line in 1..=lines {
            let signal = if line % 2 == 1 { Signal::SIGKILL } else { Signal::SIGINT };
            end_after_line(lesson, line, signal);
        }
    }
}

fn end_after_line(lesson: &str, line: usize, signal: Signal) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(PROGRAM);
    command.arg(lesson).env("TMPDIR", folder.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let printed = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(printed.take(line).filter(Result::is_ok).count(), line, "{lesson} prints fewer lines than before");
    let pid = child.id();
    kill(Pid::from_raw(pid as i32), signal).unwrap();
    child.wait().unwrap();
    wait_until_nobody_is_left_of(pid, folder.path());
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 0, "{signal} after line {line} of {lesson} left a file");
}

/// Children in a role have the pid of their parent among their arguments; whoever else descends from it has its folder
/// for temporary files in the environment.
fn wait_until_nobody_is_left_of(parent: u32, folder: &Path) {
    let start = Instant::now();
    let (parent, variable) = (parent.to_string(), format!("TMPDIR={}", folder.display()));
    let is_child = |arguments: &[u8]| {
        let mut arguments = arguments.split(|&byte| byte == 0).skip(1);
        arguments.next() == Some(b"child") && arguments.nth(1) == Some(parent.as_bytes())
    };
    let descends = |variables: &[u8]| variables.split(|&byte| byte == 0).any(|entry| entry == variable.as_bytes());
    let running = || {
        fs::read_dir("/proc").unwrap().flatten().any(|process| {
            let told = |file| fs::read(process.path().join(file)).unwrap_or_default();
            is_child(&told("cmdline")) || descends(&told("environ"))
        })
    };
    while running() {
        assert!(start.elapsed() < DEADLINE, "a descendant of {parent} is still there");
        thread::yield_now();
    }
}

#[test]
fn it_works_whatever_a_parent_hands_down() {
    let folder = tempfile::tempdir().unwrap();
    let script =
        "trap '' CHLD TERM ABRT SEGV USR1; mkdir gone; cd gone; rmdir ../gone; umask 0777; exec \"$0\" 7>&1 8>&1";
    let mut command = Command::new("sh");
    command.args(["-c", script, PROGRAM]).env("WHAT_IS_SHARED", "set").current_dir(folder.path());
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let output = finish(child);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
}
