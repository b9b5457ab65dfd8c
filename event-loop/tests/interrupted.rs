//! Killed or interrupted at any moment, the program leaves nothing behind. The same file in every chapter.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use chapter::{DEADLINE, PROGRAM, Scratch, command, lessons, run};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

mod chapter;

/// Half the time is spent waiting, so some cases run at once.
const AT_ONCE: usize = 4;

#[test]
fn after_any_line_of_a_lesson() {
    let mut cases = Vec::new();
    for lesson in lessons() {
        let lines = run(&[&lesson]).out.lines().count();
        for line in 1..=lines {
            let signal = if line % 2 == 1 { Signal::SIGKILL } else { Signal::SIGINT };
            cases.push((lesson.clone(), line, signal));
        }
    }
    let cases = Mutex::new(cases);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((lesson, line, signal)) = next(&cases) {
                    end_after_line(&lesson, line, signal);
                }
            });
        }
    });
}

fn next<T>(cases: &Mutex<Vec<T>>) -> Option<T> {
    cases.lock().ok()?.pop()
}

fn end_after_line(lesson: &str, line: usize, signal: Signal) {
    let folder = Scratch::new(&format!("{lesson}-{line}"));
    let mut command = command(PROGRAM);
    let mut child = command.arg(lesson).env("TMPDIR", &folder.0).stderr(Stdio::null()).spawn().unwrap();
    let printed = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(printed.take(line).filter(Result::is_ok).count(), line, "{lesson} prints fewer lines than before");
    let pid = child.id();
    kill(Pid::from_raw(pid as i32), signal).unwrap();
    child.wait().unwrap();
    wait_until_no_descendant_is_left(pid, &folder.0);
    let left = fs::read_dir(&folder.0).unwrap().count();
    assert_eq!(left, 0, "{signal} after line {line} of {lesson} left a file");
}

/// A child in a role has its parent's pid among its arguments (`PROGRAM child CHAPTER/ROLE PID …`); any other
/// descendant has inherited the folder for temporary files in its environment.
fn wait_until_no_descendant_is_left(parent: u32, folder: &Path) {
    let start = Instant::now();
    let parent = parent.to_string();
    let variable = format!("TMPDIR={}", folder.display());
    let is_child = |arguments: &[u8]| {
        let mut arguments = arguments.split(|&byte| byte == 0).skip(1);
        arguments.next() == Some(b"child") && arguments.nth(1) == Some(parent.as_bytes())
    };
    let inherited = |variables: &[u8]| variables.split(|&byte| byte == 0).any(|entry| entry == variable.as_bytes());
    let is_left = || {
        fs::read_dir("/proc").unwrap().flatten().any(|process| {
            let read = |file| fs::read(process.path().join(file)).unwrap_or_default();
            is_child(&read("cmdline")) || inherited(&read("environ"))
        })
    };
    while is_left() {
        assert!(start.elapsed() < DEADLINE, "a descendant of {parent} is still there");
        thread::yield_now();
    }
}
