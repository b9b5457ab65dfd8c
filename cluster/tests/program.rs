//! What is special to this program: its children's roles, and a service whose reader leaves.

mod common;

use std::io::Read;
use std::process::{self, Command, Stdio};

use common::{PROGRAM, within_deadline};

#[test]
fn an_unknown_role_is_wrong_usage() {
    within_deadline(|| {
        let parent = process::id().to_string();
        let output = Command::new(PROGRAM).args(["child", "cluster/gardener", &parent]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("gardener"));
    });
}

#[test]
fn a_service_ends_without_a_panic_when_the_reader_of_its_address_leaves() {
    within_deadline(|| {
        let mut command = Command::new(PROGRAM);
        command.args(["serve", "--workers", "2"]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{err}");
        // It reports on standard error what its workers do.
        assert!(err.lines().all(|line| line.starts_with("cluster: ")), "{err}");
    });
}

#[test]
fn where_a_cluster_cannot_be_started_a_lesson_names_the_reason_and_the_remedy_in_one_line() {
    within_deadline(|| {
        let limited = format!("ulimit -n 8; exec '{PROGRAM}'"); // too few for the primary
        let output = Command::new("sh").args(["-c", &limited]).stdin(Stdio::null()).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(err.lines().count(), 2, "a line for each lesson: {err}");
        let is_whole = |line: &str| line.contains("Too many open files") && line.contains("`ulimit -a` shows");
        assert!(err.lines().all(is_whole), "{err}");
    });
}
