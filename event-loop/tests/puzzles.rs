//! Puzzles: the chapter's own, their order in the real Node.js, wrong files, and the quiz.

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use event_loop::Puzzle;
use event_loop::puzzle::questions::QUESTIONS;

fn program(args: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_event-loop"));
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes()); // a program that reads nothing leaves a broken pipe
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// The order that Node.js v20 printed.
fn printed_by_node(name: &str) -> Vec<String> {
    let file = format!("{}/puzzles/{name}.node", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn every_puzzle_runs_in_the_order_that_node_printed() {
    for question in QUESTIONS {
        let steps = Puzzle::parse(question.json.as_bytes()).unwrap().run().unwrap();
        let labels: Vec<_> = steps.into_iter().filter_map(|step| step.label).collect();
        assert_eq!(labels, printed_by_node(question.name), "{}", question.name);
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
fn a_malformed_puzzle_is_refused_with_the_place_and_what_was_expected() {
    for (json, expected, place) in [
        ("", "EOF", "at line 1 column 0"),
        ("[{\"log\":\"A\"}", "EOF while parsing a list", "at line 1 column 12"),
        ("[{\"log\":\"A\"}] x", "trailing characters", "at line 1 column 15"),
        ("{}", "expected an array of statements", "not {}"),
        ("[\n  {\"log\":\"A\"},\n  {\"lgo\":\"B\"}\n]", "expected a statement (log, work,", "not {\"lgo\":\"B\"}"),
        ("[{\"log\":1}]", "expected a label", "not {\"log\":1}"),
        ("[{\"nextTick\":{}}]", "expected an array of statements", "not {}"),
        ("[{\"stat\":[{\"log\":\"A\"},{}]}]", "expected a statement", "not {}"),
        ("[{\"setTimeout\":[]}]", "setTimeout with ms", "not {\"setTimeout\":[]}"),
        ("[{\"setTimeout\":[],\"ms\":-1}]", "`\"ms\":N`, a whole number", "\"setTimeout\":[]}"),
        ("[{\"setTimeout\":[],\"ms\":2147483648}]", "from 0 to 2147483647", "\"setTimeout\":[]}"),
        ("[{\"stat\":[],\"ms\":1}]", "or stat alone", "\"stat\":[]}"),
        ("[{\"ms\":1,\"log\":\"A\"}]", "expected a statement", "\"ms\":1}"),
        ("[{\"log\":\"A\",\"stat\":[]}]", "expected a statement", "\"stat\":[]}"),
        ("[{\"setInterval\":[],\"ms\":1}]", "setInterval with ms and times", "\"setInterval\":[]}"),
        ("[{\"setInterval\":[],\"ms\":1,\"times\":0}]", "`\"times\":N`, a whole number from 1", "\"times\":0}"),
        ("[{\"setTimeout\":[],\"ms\":1,\"times\":1}]", "setTimeout with ms;", "\"times\":1}"),
        ("[{}]", "expected a statement (log, work,", "not {}"),
        ("[[]]", "expected a statement", "not []"),
        ("[{\"log\":\"A\\nB\"}]", "a label of one line", "not {\"log\":\"A\\nB\"}"),
    ] {
        let error = Puzzle::parse(json.as_bytes()).unwrap_err();
        assert!(error.contains(expected), "{json}: {error}");
        assert!(error.ends_with(place), "{json}: {error}");
    }
    let deep = format!("{}{}", "[{\"stat\":".repeat(200), "]}".repeat(200));
    assert!(Puzzle::parse(deep.as_bytes()).unwrap_err().contains("recursion limit"), "and no stack overflow");
    let refused = program(&["puzzle", "/dev/stdin"], "[\n {\"log\" \"A\"}]");
    let error = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2));
    assert!(refused.stdout.is_empty() && error.contains("expected `:` at line 2 column 9"), "{error}");
}

#[test]
fn wrong_usage_is_exit_code_2() {
    for (args, expected) in [
        (&["puzzle"][..], "expected one puzzle"),
        (&["puzzle", "/nowhere.json"], "/nowhere.json"),
        (&["puzzle", "tick", "io"], "expected one puzzle"),
        (&["watch"], "expected one puzzle"),
        (&["phases", "--js"], "--js"),
        (&["quiz", "tik"], "tick"),
        (&["watch", "tik"], "tick"),
        (&["quiz", "--js"], "--js"),
    ] {
        let output = program(args, "");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(text(&output.stderr).contains(expected), "{args:?}: {output:?}");
    }
}

#[test]
fn a_puzzle_is_found_by_name_and_by_path() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/puzzles/tick.json");
    for puzzle in ["tick", path] {
        assert_eq!(text(&program(&["puzzle", puzzle], "").stdout), "C\nB\nA\n");
        assert!(text(&program(&["quiz", puzzle], "C B A\n").stdout).ends_with("1 of 1 right, 0 skipped.\n"));
    }
    let list = program(&["quiz", "--list"], "");
    let names: Vec<_> = text(&list.stdout).lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(names, QUESTIONS.iter().map(|question| question.name).collect::<Vec<_>>());
}

#[test]
fn the_quiz_explains_a_wrong_answer_with_the_queues_and_lets_one_skip() {
    let output = program(&["quiz", "microtask", "io", "tick", "script"], "B,D,A,C\nE D C A B\n\n");
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0));
    assert!(said.contains("queueMicrotask(() => {") && said.contains("Right."), "{said}");
    assert!(said.contains("B comes before A: "), "{said}");
    assert!(said.contains("timers      line 2 in") || said.contains("timers      line 2 due"), "the picture: {said}");
    assert!(said.contains("Skipped. The order is C B A."), "{said}");
    assert!(said.ends_with("1 of 2 right, 1 skipped.\n"), "{said}");
}

#[test]
fn an_answer_with_an_unknown_label_or_too_few_gets_the_rule_and_another_try() {
    let output = program(&["quiz", "tick"], "C\nC B foo\nC B A\n");
    let said = text(&output.stdout);
    assert_eq!(said.matches("The rule: ").count(), 2, "{said}");
    assert!(said.contains("you gave 1, 3 are printed") && said.contains("No label is called foo."), "{said}");
    assert!(said.ends_with("1 of 1 right, 0 skipped.\n"), "{said}");
}

#[test]
fn watch_shows_every_queue_of_the_real_loop_after_each_line_and_each_callback() {
    let output = program(&["watch", "all"], "");
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0));
    let steps: Vec<_> = shown.split("step ").skip(1).collect();
    assert!(steps.len() > 20, "{shown}");
    for step in &steps {
        for queue in ["call stack", "ticks", "microtasks", "timers", "poll", "check", "closing", "printed"] {
            assert_eq!(step.matches(&format!("\n  {queue:<11} ")).count(), 1, "{queue}: {step}");
        }
    }
    let asked_for_all = steps.iter().find(|step| step.contains("  ticks       line 25"));
    let step = asked_for_all.unwrap_or_else(|| panic!("{shown}"));
    assert!(step.contains("call stack  the request callback of line 2"), "{step}");
    assert!(step.contains(": line 25 has run") && step.contains("microtasks  line 22"), "{step}");
    let last = steps.last().unwrap();
    assert!(last.contains("ticks       -") && last.contains("timers      -") && last.contains("poll        -"));
    assert!(last.contains(&printed_by_node("all").join(" ")), "{last}");
}
