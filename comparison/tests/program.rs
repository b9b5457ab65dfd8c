//! The program from outside: its screen, saved reports, wrong usage, an interrupt.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use comparison::report::saved;
use comparison::report::schema::Report;
use comparison::report::terminal::{self, Screen};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/quick.json");

fn run(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comparison"));
    command.args(args).stdin(Stdio::null()).env_remove("COLUMNS").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn report() -> Report {
    saved::load(Path::new(DATA)).unwrap()
}

fn drawn(width: usize, colour: bool) -> String {
    terminal::render(&report(), Screen { width, colour })
}

#[test]
fn the_tables_fit_on_a_screen_of_100_columns_and_on_one_of_60() {
    let screen = drawn(100, false);
    assert!(screen.lines().count() <= 62, "{} lines, and two more are printed below\n{screen}", screen.lines().count());
    for width in [60, 80, 100] {
        let screen = drawn(width, false);
        let widest = screen.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= width, "{widest} columns, not {width}:\n{screen}");
        let marks = screen.lines().find(|line| line.contains("supported")).unwrap();
        assert!(marks.ends_with("unresolved"), "the tally is cut at {width} columns:\n{screen}");
        for row in report().rows() {
            assert!(screen.contains(&row.key), "{} is missing at {width} columns", row.key);
        }
    }
}

#[test]
fn colours_and_marks_follow_the_terminal() {
    for args in [vec!["render", DATA], vec!["explain", "memory", DATA], vec!["class", DATA]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_comparison"));
        let output = command.args(&args).env("LC_ALL", "C").stdin(Stdio::null()).output().unwrap();
        assert!(output.stdout.is_ascii() && output.stdout.len() > 500, "{args:?}: {}", text(&output.stdout));
    }
    assert!(!drawn(100, false).contains('\x1b'));
    assert!(drawn(100, true).contains('\x1b'));
    let marks: std::collections::BTreeSet<String> = ["✓", "◐", "✗", "≈", "?"].map(terminal::to_ascii).into();
    assert_eq!(marks.len(), 5, "two marks look alike in ASCII: {marks:?}");
}

#[test]
fn without_node_the_screen_speaks_of_rust_alone() {
    let mut report = report();
    report.machine.node = None;
    let screen = terminal::render(&report.recomputed(), Screen { width: 100, colour: false });
    assert!(screen.lines().next().unwrap().ends_with("Its 14 claims, in Rust:"), "{screen}");
}

/// The group that the README names has both subjects, and a saved report can be asked for it.
#[test]
fn only_chooses_what_it_names_of_both_subjects() {
    let listed = text(&run(&["--list", "--only", "communication"]).stdout);
    assert!(listed.contains("communication.round_trip.64B") && listed.contains("node.communication"), "{listed}");
    assert_eq!(listed.lines().count(), 8, "{listed}");
    let shown = text(&run(&["render", DATA, "--only", "communication"]).stdout);
    assert!(shown.contains("node.communication.two_cpus (") && shown.contains("Communication"), "{shown}");
    assert!(!shown.contains("overhead.create") && !shown.contains("Event Loop"), "{shown}");
}

#[test]
fn render_gives_the_same_files_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let once: PathBuf = folder.path().join("once");
    let twice = folder.path().join("twice");
    assert!(run(&["render", DATA, "--out", once.to_str().unwrap()]).status.success());
    let json = once.join("report.json");
    assert!(run(&["render", json.to_str().unwrap(), "--out", twice.to_str().unwrap()]).status.success());
    for name in ["report.json", "report.md", "report.html"] {
        let [first, second] = [&once, &twice].map(|folder| fs::read(folder.join(name)).unwrap());
        assert!(!first.is_empty() && first == second, "{name} changed");
    }
}

#[test]
fn a_report_that_is_none_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read_to_string(DATA).unwrap();
    let cases = [
        ("old", whole.replacen("\"schema\":2", "\"schema\":1", 1), "schema 1"),
        ("cut", whole[..whole.len() / 2].to_owned(), "truncated"),
        ("text", "hello".to_owned(), "not JSON"),
        ("empty", "{}".to_owned(), "no schema"),
    ];
    for (name, content, why) in cases {
        let file = folder.path().join(name);
        fs::write(&file, content).unwrap();
        let output = run(&["render", file.to_str().unwrap()]);
        assert!(output.status.code() == Some(1) && output.stdout.is_empty(), "{name}: {output:?}");
        assert!(text(&output.stderr).contains(why), "{name}: {}", text(&output.stderr));
    }
}

#[test]
fn escape_bytes_of_a_report_do_not_reach_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let evil = fs::read_to_string(DATA).unwrap().replace("thread: shared heap", "thread: \\u001b[2Jshared");
    fs::write(&file, evil.replace("\"kernel\":\"", "\"kernel\":\"\\u001b]0;x\\u0007")).unwrap();
    for args in [vec!["render"], vec!["explain", "memory"], vec!["class"]] {
        let mut args = args;
        args.push(file.to_str().unwrap());
        let output = run(&args);
        let shown = text(&output.stdout) + &text(&output.stderr);
        assert!(!shown.contains(['\u{1b}', '\u{7}']), "{shown:?}");
    }
}

#[test]
fn wrong_usage_ends_with_2_and_names_what_is_near() {
    for (args, why) in [
        (vec!["--only", "comunication"], "communication"),
        (vec!["--no-such-flag"], "--no-such-flag"),
        (vec!["--seed", "many"], "--seed"),
        (vec!["explain", "comunication", DATA], "Communication"),
        (vec!["rendr"], "rendr"),
    ] {
        let output = run(&args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(text(&output.stderr).contains(why), "{args:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).matches("nearest").count() < 2, "said twice: {}", text(&output.stderr));
    }
}

#[test]
fn explain_shows_the_rule_and_every_condition() {
    let output = run(&["explain", "communication", DATA]);
    let shown = text(&output.stdout);
    let report = report();
    let row = report.rows().find(|row| row.key == "Communication").unwrap();
    assert!(shown.contains("Rule:") && shown.contains("communication.round_trip.1MiB.two_cpus"));
    let counts = text(&run(&["explain", "memory", DATA]).stdout);
    assert!(counts.contains("private memory: writes seen in 0 of 9 trials"), "{counts}");
    let ambiguous = run(&["explain", "c", DATA]);
    assert_eq!(ambiguous.status.code(), Some(2), "four rows begin so: {}", text(&ambiguous.stdout));
    let marks =
        shown.lines().filter(|line| ["✓", "✗", "≈", "?"].iter().any(|mark| line.trim_start().starts_with(mark)));
    let node = row.node.as_ref().unwrap();
    assert_eq!(marks.count(), row.rust.conditions.len() + node.conditions.len());
}

#[test]
fn the_same_machine_twice_is_one() {
    let output = run(&["class", DATA, DATA, "--csv"]);
    let lines: Vec<String> = text(&output.stdout).lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 1 + 28, "a line for each row and subject");
    let columns = |line: &String| line.split(',').map(|cell| cell.trim_matches('"').to_owned()).collect::<Vec<_>>();
    for line in &lines[1..] {
        let counts: usize = columns(line)[2..6].iter().map(|count| count.parse::<usize>().unwrap()).sum();
        assert_eq!(counts, 1, "{line}");
    }
}

/// Ctrl-C in the middle: what was finished is written, and no process is left behind.
#[test]
fn an_interrupt_writes_what_was_finished() {
    let out = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_comparison"));
    command.args(["--no-node", "--only", "memory.visible", "architecture", "crash", "cpu", "--out"]).arg(out.path());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let pid = child.id();
    let start = Instant::now();
    let children = || fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let mut seen = std::collections::BTreeSet::new();
    while seen.len() < 5 && start.elapsed() < Duration::from_secs(60) {
        seen.extend(children().split_whitespace().map(str::to_owned));
        std::thread::yield_now();
    }
    kill(Pid::from_raw(pid as i32), Signal::SIGINT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let report = saved::load(&out.path().join("report.json")).unwrap();
    let interrupted = report.experiments.iter().filter(|one| one.why.as_deref() == Some("the run was interrupted"));
    assert!(interrupted.count() > 0 && report.experiments[0].arms.len() > 2, "{:?}", report.experiments);
    for pid in seen {
        assert!(!Path::new(&format!("/proc/{pid}")).exists(), "process {pid} was left behind");
    }
}
