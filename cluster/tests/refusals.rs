//! What `cluster serve` cannot do: it says why and what would be right, ends with the right code, and leaves no process.

mod common;

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output};

use common::{PROGRAM, Service, lives, within_deadline};

const SCHEDULES: [&str; 3] = ["round-robin", "shared", "reuseport"];

fn serve(args: &[&str]) -> Output {
    Command::new(PROGRAM).arg("serve").args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_port_that_is_taken_is_a_clear_error_under_each_schedule() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let shared = within_deadline(|| Service::start(1, "reuseport"));
    for (schedule, port) in SCHEDULES.iter().flat_map(|schedule| {
        [holder.local_addr().unwrap(), shared.address].map(|address| (schedule, address.port().to_string()))
    }) {
        let output = serve(&["--port", &port, "--schedule", schedule]);
        let err = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{schedule}: {err}");
        assert!(err.contains(&format!("127.0.0.1:{port}: Address already in use")) && err.contains("--port"), "{err}");
        assert_eq!(text(&output.stdout), "");
    }
}

#[test]
fn wrong_usage_is_named_with_what_would_be_right_and_code_2() {
    for (args, expected) in [
        (["--workers", "0"], "--workers 0: the number is 1 to 256"),
        (["--workers", "10000"], "--workers 10000: the number is 1 to 256"),
        (["--schedule", "fair"], "no schedule is named 'fair'; the nearest are: shared, reuseport, round-robin"),
        (["--port", "65536"], "--port 65536: a port is 0 to 65535"),
        (["--porch", "1"], "--porch"),
        (["--workers", "x"], "--workers x: "),
        (["--connections", "0"], "--connections 0: the number is 1 to "),
    ] {
        let output = serve(&args);
        let err = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {err}");
        assert!(err.contains(expected), "{args:?}: {err}");
    }
}

/// The dynamic loader, which can be started as a program, too. It is mapped here as in every program that needs it.
fn loader() -> Option<String> {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let mut files = maps.lines().filter_map(|line| line.split_whitespace().nth(5));
    files.find(|file| file.rsplit('/').next().is_some_and(|name| name.starts_with("ld-"))).map(str::to_owned)
}

#[test]
fn a_first_worker_that_never_listens_ends_the_service() {
    let Some(loader) = loader() else { return eprintln!("skipped: there is no dynamic loader") };
    within_deadline(|| {
        // Then the running executable is the loader. As a worker that finds no program named "child".
        let output = Command::new(loader).args([PROGRAM, "serve", "--workers=2"]).output().unwrap();
        let err = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{err}");
        assert!(err.contains("a worker did not come up: worker "), "{err}");
        assert!(err.contains("gone, exit status: 127"), "{err}");
    });
}

#[test]
fn only_this_machine_can_connect() {
    within_deadline(|| {
        let service = Service::start(1, "round-robin");
        assert!(TcpStream::connect(("127.0.0.2", service.address.port())).is_err(), "bound to 127.0.0.1 alone");
    });
}

#[test]
fn a_privileged_port_is_a_clear_error_for_an_ordinary_user() {
    let first = fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap();
    let first: u16 = first.trim().parse().unwrap();
    let mut command = Command::new(PROGRAM);
    command.args(["serve", "--workers=1", "--port=1"]);
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        command.uid(65_534).gid(65_534); // nobody
    }
    if first <= 1 {
        return eprintln!("skipped: no port is privileged here (ip_unprivileged_port_start is {first})");
    }
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => return eprintln!("skipped: an ordinary user cannot run {PROGRAM}: {error}"),
    };
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("127.0.0.1:1: Permission denied") && err.contains("--port of 1024 or above"), "{err}");
}

#[test]
fn no_descriptors_left_is_a_clear_error_and_leaves_no_process() {
    for schedule in SCHEDULES {
        let serve = format!("ulimit -n 16; exec '{PROGRAM}' serve --workers 40 --schedule {schedule}");
        let output = Command::new("sh").args(["-c", &serve]).output().unwrap();
        let err = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{err}");
        assert!(err.contains("Too many open files") && err.contains("fewer --workers or a higher limit"), "{err}");
        let pid = |line: &str| line.strip_prefix("cluster: worker ")?.strip_suffix(" starting")?.parse().ok();
        assert!(!err.lines().filter_map(pid).any(lives), "{schedule}: a worker is left");
    }
}
