//! The program from outside: usage, a class, and what it leaves.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

const GRADE: &str = env!("CARGO_BIN_EXE_grade");

/// A grader that is killed leaves no process and no folder.
#[test]
fn a_killed_grader_leaves_nothing() {
    let class = tempfile::tempdir().unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let folder = class.path().join("Ann/process-basics");
    fs::create_dir_all(&folder).unwrap();
    fs::copy(workspace().join(".grade/hostile/loops_without_end.rs"), folder.join("reap_all.rs")).unwrap();
    let mut grader = Command::new(GRADE);
    grader.args(["--submissions", class.path().to_str().unwrap()]).env("TMPDIR", temporary.path());
    let mut grader = grader.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let folders = || fs::read_dir(temporary.path()).unwrap().count();
    assert!(wait_until(|| folders() > 0), "a program is started in its own folder");
    grader.kill().unwrap();
    grader.wait().unwrap();
    assert!(wait_until(|| folders() == 0), "its supervisor removes the folder when nothing of the program is left");
}

/// Looks every 10 ms for at most a minute.
fn wait_until(condition: impl Fn() -> bool) -> bool {
    (0..6000).any(|_| {
        thread::sleep(Duration::from_millis(10));
        condition()
    })
}

/// Runs the grader with a deadline that kills it.
fn grade(args: &[&str]) -> Output {
    let output = Command::new("timeout").args(["-s", "KILL", "300", GRADE]).args(args).output();
    output.expect("timeout(1) starts the grader")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn help_is_usage_and_wrong_usage_is_2() {
    let help = grade(&["--help"]);
    assert!(help.status.success() && text(&help.stdout).contains("Usage: cargo grade"));
    for (wrong, reason) in [
        (&["--nonsense"][..], "--nonsense"),
        (&["process-basic"], "the nearest are: process-basics"),
        (&["process-basics", "reap_al"], "the nearest are: reap_all"),
        (&["process-basics", "debounce"], "'process-basics debounce' is in another chapter"),
        (&["--jobs", "0"], "0"),
        (&["a", "b", "c"], "c"),
    ] {
        let output = grade(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(reason), "{wrong:?}: {}", text(&output.stderr));
    }
}

#[test]
fn the_harness_is_the_same_in_all_chapters() {
    let folder = "exercises/checks/harness";
    let first = workspace().join("process-basics").join(folder);
    for chapter in ["thread-basics", "event-loop", "thread-pool", "cluster", "comparison"] {
        for file in fs::read_dir(&first).unwrap() {
            let name = file.unwrap().file_name();
            let read = |folder: &Path| fs::read_to_string(folder.join(&name)).unwrap_or_default();
            assert_eq!(read(&workspace().join(chapter).join(folder)), read(&first), "{chapter}: {}", name.display());
        }
    }
}

#[test]
fn each_exercise_has_a_right_and_two_wrong_answers() {
    for chapter in ["process-basics", "thread-basics", "event-loop", "thread-pool", "cluster", "comparison"] {
        let answers = workspace().join(chapter).join("exercises/answers");
        for exercise in fs::read_dir(answers).unwrap() {
            let folder = exercise.unwrap().path();
            assert!(folder.join("right.rs").exists(), "{}", folder.display());
            let starter = folder.to_str().unwrap().replace("/answers/", "/") + ".rs";
            assert!(Path::new(&starter).exists(), "{} has no starter", folder.display());
            let names = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name());
            let wrong = names.filter(|name| name.display().to_string().starts_with("wrong_")).count();
            assert!(wrong >= 2, "{} has {wrong} wrong answers", folder.display());
        }
    }
}

/// One class with each kind of submission: what comes of one must not depend on the others.
#[test]
fn a_class_gets_its_verdicts() {
    let class = tempfile::tempdir().unwrap();
    let exercise = workspace().join("process-basics/exercises");
    let answers = exercise.join("answers/reap_all");
    let hostile = workspace().join(".grade/hostile");
    let right = fs::read_to_string(answers.join("right.rs")).unwrap();
    let submissions = [
        ("Ada, Lady", right.replace("//! Waits", "// Mine\n//! Waits"), "passed"),
        ("Bob", fs::read_to_string(answers.join("wrong_gives_up_on_a_signal.rs")).unwrap(), "failed"),
        ("Cem", fs::read_to_string(hostile.join("exits_with_0.rs")).unwrap(), "ended early"),
        ("Dee", "pub fn reap_all( {".to_owned(), "does not compile"),
        ("Eve", fs::read_to_string(hostile.join("includes_a_file_outside.rs")).unwrap(), "does not compile"),
        ("Fay", fs::read_to_string(hostile.join("prints_without_end.rs")).unwrap(), "killed (output)"),
    ];
    for (student, text, _) in &submissions {
        let folder = class.path().join(student).join("process-basics");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("reap_all.rs"), text).unwrap();
    }
    fs::create_dir(class.path().join("Gil")).unwrap();
    let linked = class.path().join("Hal/process-basics");
    fs::create_dir_all(&linked).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", linked.join("reap_all.rs")).unwrap();

    let output = grade(&["--submissions", class.path().to_str().unwrap(), "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the report is JSON");
    let rows = report["rows"].as_array().unwrap();
    let verdict = |name: &str| {
        let row = rows.iter().find(|row| row["student"] == name).expect("a row for each student");
        row["verdict"].as_str().unwrap_or_default().to_owned()
    };
    for (student, _, expected) in &submissions {
        assert_eq!(verdict(student), *expected, "{student}\n{report:#}");
    }
    assert_eq!(verdict("Gil"), "missing");
    assert_eq!(verdict("Hal"), "missing", "a link is not followed");
    assert!(rows[0]["notes"][0].as_str().unwrap().contains("the same as the reference"), "{report:#}");
    assert_eq!(rows[1]["checks"].as_array().unwrap().len(), 7, "{report:#}");
    assert!(report["in_force"].as_array().unwrap().len() > 3, "what contained them is said");
}
