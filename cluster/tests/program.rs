//! The program: its lessons, its usage, its end.

mod common;

use std::io::Read;
use std::process::{Command, Output, Stdio};

use common::{PROGRAM, within_deadline};

fn run(args: &'static [&str]) -> Output {
    within_deadline(move || Command::new(PROGRAM).args(args).stdin(Stdio::null()).output().unwrap())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn all_lessons_show_what_they_claim() {
    let output = run(&[]);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    assert_eq!(err, "");
    for claim in [
        "deals in turn: the shares are even.",
        "EPOLLEXCLUSIVE wakes fewer",
        "shared: who is blocked accepts nothing.",
        "A kept connection stays with its worker",
        "One program, one port, 3 counters. None saw all 9;",
        "A new process took its place.",
        "This service does not depend on it",
        "All processes are new, and no client noticed.",
    ] {
        assert!(out.contains(claim), "'{claim}' is missing in:\n{out}");
    }
    let wide: Vec<&str> = out.lines().filter(|line| line.chars().count() > 60).collect();
    assert!(wide.is_empty(), "wider than 60 columns: {wide:#?}");
}

#[test]
fn one_lesson_can_be_asked_for() {
    let output = run(&["variables"]);
    assert_eq!(output.status.code(), Some(0));
    let out = text(&output.stdout);
    assert!(out.starts_with("variables: ") && !out.contains("killed: "), "{out}");
}

#[test]
fn the_list_names_every_lesson() {
    let output = run(&["--list"]);
    assert_eq!(output.status.code(), Some(0));
    let names: Vec<String> =
        text(&output.stdout).lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(names, cluster::LESSONS.iter().map(|lesson| lesson.name).collect::<Vec<_>>());
}

#[test]
fn an_unknown_lesson_is_wrong_usage_and_the_nearest_is_named() {
    let output = run(&["kiled"]);
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(err.contains("no lesson is named 'kiled'; the nearest are: killed"), "{err}");
}

#[test]
fn an_unknown_flag_is_wrong_usage() {
    let output = run(&["--fast"]);
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(err.contains("--fast") && err.contains("Usage: cluster"), "{err}");
}

#[test]
fn an_unknown_role_is_wrong_usage() {
    within_deadline(|| {
        let parent = std::process::id().to_string();
        let output = Command::new(PROGRAM).args(["child", "cluster/gardener", &parent]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("gardener"));
    });
}

#[test]
fn a_reader_that_leaves_is_the_end_and_no_panic() {
    for args in [&["--list"][..], &[], &["serve", "--workers", "2"]] {
        within_deadline(move || {
            let mut command = Command::new(PROGRAM);
            command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = command.spawn().unwrap();
            drop(child.stdout.take());
            let mut err = String::new();
            child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
            assert_eq!(child.wait().unwrap().code(), Some(0), "{args:?}: {err}");
            // A service says on standard error what its workers do.
            assert!(err.lines().all(|line| line.starts_with("cluster: worker ")), "{args:?}: {err}");
        });
    }
}
