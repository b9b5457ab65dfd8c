//! Puzzles: the chapter's own, their order in the real Node.js, wrong files, and the quiz.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use event_loop::Puzzle;
use event_loop::quiz::QUESTIONS;

fn program(args: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_event-loop"));
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes()); // who reads nothing leaves a broken pipe
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn every_puzzle_runs_in_the_order_that_node_printed() {
    for question in QUESTIONS {
        let seen = question.puzzle().run().unwrap();
        let labels: Vec<_> = seen.iter().map(|seen| &*seen.label).collect();
        assert_eq!(labels, question.node().collect::<Vec<_>>(), "{}", question.name);
    }
}

#[test]
fn the_program_prints_a_label_a_line_or_the_script() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/puzzles/timers.json");
    let ran = program(&["puzzle", file], "");
    assert_eq!((ran.status.code(), text(&ran.stdout)), (Some(0), "B\nD\nA\nC\n"));
    let script = program(&["puzzle", file, "--js"], "");
    assert_eq!(script.status.code(), Some(0));
    assert!(text(&script.stdout).contains("setTimeout(() => {\n  console.log(\"A\");\n}, 40);\n"), "{script:?}");
}

#[test]
fn a_label_is_escaped_in_the_script() {
    let puzzle = Puzzle::parse(r#"[{"log":"\"</\\ \u2028 é"}]"#.as_bytes()).unwrap();
    assert_eq!(puzzle.js(), "console.log(\"\\\"</\\\\ \u{2028} é\");\n");
}

#[test]
fn a_malformed_puzzle_is_refused_with_line_and_column_and_what_was_expected() {
    for (json, line, column, expected) in [
        ("", 1, 0, "EOF"),
        ("{}", 1, 0, "expected a sequence"),
        ("[\n  {\"log\":\"A\"},\n  {\"lgo\":\"B\"}\n]", 3, 8, "unknown field `lgo`, expected one of `log`"),
        ("[\n  {\"log\":1}\n]", 2, 10, "expected a string"),
        ("[{\"log\":\"A\"}", 1, 12, "EOF while parsing a list"),
        ("[{\"log\":\"A\"}] x", 1, 15, "trailing characters"),
        ("[{\"nextTick\":{}}]", 1, 13, "expected a sequence"),
        ("[{\"setTimeout\":[]}]", 1, 18, "expected `\"ms\":N`"),
        ("[{\"setTimeout\":[],\"ms\":-1}]", 1, 25, "expected u64"),
        ("[{\"setTimeout\":[],\"ms\":2147483648}]", 1, 34, "at most 2147483647"),
        ("[{\"stat\":[],\"ms\":1}]", 1, 19, "expected `setTimeout`"),
        ("[{\"ms\":1,\"log\":\"A\"}]", 1, 19, "expected `setTimeout`"),
        ("[{\"ms\":1,\"ms\":1,\"setTimeout\":[]}]", 1, 13, "expected `}`"),
        ("[{\"log\":\"A\",\"stat\":[]}]", 1, 18, "expected `}`"),
        ("[{}]", 1, 3, "expected one of log"),
        ("[[]]", 1, 1, "expected a statement"),
        ("[{\"log\":\"A\\nB\"}]", 1, 15, "expected one line"),
    ] {
        let error = Puzzle::parse(json.as_bytes()).unwrap_err();
        assert!(error.contains(expected), "{json}: {error}");
        assert!(error.ends_with(&format!("at line {line} column {column}")), "{json}: {error}");
    }
    let deep = format!("{}{}", "[{\"stat\":".repeat(200), "]}".repeat(200));
    assert!(Puzzle::parse(deep.as_bytes()).unwrap_err().contains("recursion limit"), "and no stack overflow");
    let refused = program(&["puzzle", "/dev/stdin"], "[\n {\"log\" \"A\"}]");
    let error = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2));
    assert!(refused.stdout.is_empty() && error.contains("expected `:` at line 2 column 9"), "{error}");
}

#[test]
fn wrong_usage_of_puzzle_and_quiz_is_exit_code_2() {
    for (args, expected) in [
        (&["puzzle"][..], "expected the path"),
        (&["puzzle", "/nowhere.json"], "/nowhere.json"),
        (&["puzzle", "/dev/null", "more"], "one JSON file"),
        (&["phases", "--js"], "--js"),
        (&["quiz", "tik"], "tick"),
        (&["quiz", "--js"], "--js"),
    ] {
        let output = program(args, "");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(text(&output.stderr).contains(expected), "{args:?}: {output:?}");
    }
}

#[test]
fn the_quiz_takes_answers_from_a_pipe_and_explains_the_first_wrong_label() {
    let output = program(&["quiz", "microtask", "io", "tick", "script"], "B,D,A,C\nE D C A B\nC\n");
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0));
    assert!(said.contains("queueMicrotask(() => {") && said.contains("Right."), "{said}");
    assert!(said.contains("B before A: "), "{said}");
    assert!(said.contains("Next came B."), "an answer that is too short: {said}");
    assert!(said.ends_with("1 of 3 right.\n"), "{said}");
}
