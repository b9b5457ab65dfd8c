//! The program: its files, its exit codes, what it refuses, what it leaves behind.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use comparison::placement;
use comparison::report::{Report, Status, Verdict};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const PROGRAM: &str = env!("CARGO_BIN_EXE_comparison");
const DEADLINE: Duration = Duration::from_secs(90);

fn start(args: &[&str]) -> Child {
    let mut command = Command::new(PROGRAM);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the program starts")
}

/// Runs the program to its end, which must come before the deadline.
fn run(args: &[&str]) -> Output {
    finish(start(args))
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

/// Runs some experiments and reads their report.
fn measure(only: &[&str], out: &Path) -> (Report, Output) {
    let mut args = vec!["--quick", "--seed", "7", "--out", out.to_str().unwrap(), "--only"];
    args.extend(only);
    let output = run(&args);
    let json = fs::read(out.join("report.json")).unwrap_or_else(|_| panic!("{}", text(&output.stderr)));
    (serde_json::from_slice(&json).unwrap(), output)
}

#[test]
fn it_prints_the_three_tables_and_writes_the_three_files() {
    let out = tempfile::tempdir().unwrap();
    let (report, output) = measure(&["memory", "crash"], out.path());
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{printed}{}", text(&output.stderr));
    let rows: Vec<(&str, usize)> = report.tables.iter().map(|table| (table.id.as_str(), table.rows.len())).collect();
    assert_eq!(rows, [("architecture", 4), ("differences", 6), ("when-to-use", 4)]);
    for heading in ["Node.js Architecture", "Differences Between Process and Thread", "When to Use What?"] {
        let drawn = ["report.md", "report.html"].map(|file| fs::read_to_string(out.path().join(file)).unwrap());
        assert!(printed.contains(heading) && drawn.iter().all(|text| text.contains(heading)), "{heading}");
    }
    let differences = &report.tables[1].rows;
    assert_eq!(differences[0].verdict, Verdict::Supported, "{:?}", differences[0]);
    assert_eq!(differences[3].verdict, Verdict::Supported, "{:?}", differences[3]);
    assert_eq!(differences[1].verdict, Verdict::Unresolved, "communication was not run: {:?}", differences[1]);
    assert_eq!((report.run.seed, report.schema), (7, 1));
}

#[test]
fn a_saved_report_is_drawn_again_byte_for_byte() {
    let (first, again) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    measure(&["memory.visible"], first.path());
    let saved = first.path().join("report.json");
    let output = run(&["render", saved.to_str().unwrap(), "--out", again.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for file in ["report.json", "report.md", "report.html"] {
        let both = [&first, &again].map(|folder| fs::read(folder.path().join(file)).unwrap());
        assert!(both[0] == both[1], "{file} differs");
    }
}

#[test]
fn a_file_that_is_no_report_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("some.json");
    for (content, reason) in [
        ("{\"schema\": 1, ", "is truncated"),
        ("<html>", "is not JSON"),
        ("{\"schema\": 99}", "has schema 99"),
        ("{}", "has no schema"),
        ("{\"schema\": 1}", "is not a whole report"),
    ] {
        fs::write(&file, content).unwrap();
        let output = run(&["render", file.to_str().unwrap(), "--out", folder.path().to_str().unwrap()]);
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{complaint}");
        assert!(complaint.contains(reason) && complaint.contains("some.json"), "{complaint}");
    }
    let output = run(&["render", "no-such.json", "--out", "."]);
    assert!(text(&output.stderr).contains("cannot read no-such.json"));
}

#[test]
fn an_unknown_experiment_is_named_with_the_nearest() {
    let output = run(&["--only", "memory.visable"]);
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(complaint.contains("'memory.visable'") && complaint.contains("memory.visible"), "{complaint}");
}

#[test]
fn an_unknown_flag_is_named_with_the_nearest() {
    let output = run(&["--quik"]);
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(complaint.contains("--quik") && complaint.contains("--quick"), "{complaint}");
}

#[test]
fn list_names_every_experiment_of_the_evidence() {
    let listed = text(&run(&["--list"]).stdout);
    let ids: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    for table in comparison::tables::write(&[]) {
        for row in table.rows {
            assert_eq!(row.verdict, Verdict::Unresolved, "a verdict without samples: {row:?}");
            assert!(row.evidence.iter().all(|id| ids.contains(&id.as_str())), "{:?} not in {ids:?}", row.evidence);
        }
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_refused_before_measuring() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let output = run(&["--quick", "--out", file.path().join("below").to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("--out"), "{}", text(&output.stderr));
}

#[test]
fn a_reader_who_leaves_loses_no_report() {
    let out = tempfile::tempdir().unwrap();
    let mut child = start(&["--quick", "--only", "memory.visible", "--out", out.path().to_str().unwrap()]);
    drop(child.stdout.take());
    let output = finish(child);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    assert!(out.path().join("report.html").exists());
}

#[test]
fn guesses_from_a_pipe_stand_beside_the_measurement() {
    let out = tempfile::tempdir().unwrap();
    let mut command = Command::new(PROGRAM);
    command.args(["--quick", "--predict", "--only", "memory.visible", "--out", out.path().to_str().unwrap()]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"supported\n").unwrap();
    let printed = text(&finish(child).stdout);
    assert!(printed.contains("1 of 1: Memory\n") && printed.contains("Separate memory"), "{printed}");
    assert!(printed.contains("Your guesses: 1 of 1 as measured."), "{printed}");
}

#[test]
fn on_one_core_what_needs_two_is_left_out_and_says_so() {
    let cpu = placement::allowed_cpus().unwrap()[0];
    placement::pin(0, cpu).unwrap(); // this thread, and what it starts
    let out = tempfile::tempdir().unwrap();
    let (report, _) = measure(&["cpu", "loop_delay.10ms"], out.path());
    let skipped = report.experiments.iter().filter(|experiment| experiment.status == Status::Skipped);
    assert_eq!(skipped.map(|e| e.id.as_str()).collect::<Vec<_>>(), ["cpu.speed_up", "loop_delay.10ms"]);
    let (performance, cpu_intensive) = (&report.tables[1].rows[5], &report.tables[2].rows[0]);
    for row in [performance, cpu_intensive] {
        assert_eq!(row.verdict, Verdict::Unresolved, "{row:?}");
        assert!(row.why.contains("one CPU"), "{row:?}");
    }
}

#[test]
fn interrupted_or_killed_it_leaves_nothing_behind() {
    for signal in [Signal::SIGINT, Signal::SIGKILL] {
        for only in ["memory", "communication", "crash", "architecture", "loop_delay", "files", "scenario", "node"] {
            if only == "loop_delay" && placement::allowed_cpus().unwrap().len() < 2 {
                continue; // it needs two, and would be over at once
            }
            let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            let mut command = Command::new(PROGRAM);
            command.args(["--only", only, "--out", out.path().to_str().unwrap()]).env("TMPDIR", folder.path());
            let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
            let mark = format!("TMPDIR={}", folder.path().display());
            // The program, an experiment, and something the experiment started, if it starts something that lasts.
            wait_until(|| processes_with(&mark) >= if only == "files" { 2 } else { 3 } || only == "memory");
            kill(Pid::from_raw(child.id() as i32), signal).unwrap();
            child.wait().unwrap();
            wait_until(|| processes_with(&mark) == 0);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{signal} during {only} left a file");
        }
    }
}

#[test]
fn ctrl_c_in_the_middle_writes_what_was_finished_and_names_the_rest() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut command = Command::new(PROGRAM);
    command.args(["--quick", "--only", "memory.visible", "crash", "--out", out.path().to_str().unwrap()]);
    command.env("TMPDIR", folder.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    wait_until(|| is_running("crash.survivors", &folder));
    kill(Pid::from_raw(child.id() as i32), Signal::SIGINT).unwrap();
    let output = finish(child);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let report: Report = serde_json::from_slice(&fs::read(out.path().join("report.json")).unwrap()).unwrap();
    let outcomes: Vec<_> = report.experiments.iter().map(|one| (one.id.as_str(), one.status)).collect();
    assert_eq!(outcomes[0], ("memory.visible", Status::Ok));
    assert_eq!(outcomes[1], ("crash.survivors", Status::Skipped));
    assert!(text(&output.stdout).contains("crash.survivors left out: the run was interrupted"));
    assert_eq!(report.tables[1].rows[0].verdict, Verdict::Supported, "memory was finished");
}

/// Whether a process of ours (`folder` is its TMPDIR) has `argument` on its command line.
fn is_running(argument: &str, folder: &tempfile::TempDir) -> bool {
    let mark = format!("TMPDIR={}", folder.path().display());
    let has = |file: &Path, what: &str| {
        fs::read(file).is_ok_and(|bytes| bytes.split(|&byte| byte == 0).any(|part| part == what.as_bytes()))
    };
    let processes = fs::read_dir("/proc").unwrap().flatten().map(|process| process.path());
    processes.into_iter().any(|process| has(&process.join("environ"), &mark) && has(&process.join("cmdline"), argument))
}

fn wait_until(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < DEADLINE, "waited in vain");
        thread::yield_now();
    }
}

/// How many processes have this line in their environment; zombies have none.
fn processes_with(line: &str) -> usize {
    let environments = fs::read_dir("/proc").unwrap().flatten().map(|process| fs::read(process.path().join("environ")));
    let has = |environment: Vec<u8>| environment.split(|&byte| byte == 0).any(|entry| entry == line.as_bytes());
    environments.flatten().filter(|environment| has(environment.clone())).count()
}
