//! The chapter's program, as its reader runs it.

mod common;

use std::io;
use std::process::Output;

use common::{output, output_to, program};

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn all_lessons_show_what_they_claim() {
    let run = output(&mut program(&[]));
    assert_eq!(run.status.code(), Some(0), "{}", stderr(&run));
    for claim in [
        "One job, and 4 threads at once: pool-0 to pool-3.",
        "None was there before it, none is left.",
        "4 slept at once. Job 5 began at",
        "5 jobs of 60 ms on 4 threads: 2 step(s)",
        "ran each callback. Done here, all gave the same.",
        "which of them was ready. Only the file needed the pool.",
        "threads, at least k - n + 1 were done before it.",
        "The cap keeps 2 threads free of lookups.",
        "Three jobs, two were run, three callbacks.",
        "threadpool lost a thread and started another; the two",
        "this one    a channel      0 of 4",
        "rayon       rayon::scope   4 of 4",
        "Only this pool waits for a job to start its threads.",
    ] {
        assert!(stdout(&run).contains(claim), "'{claim}' is missing in:\n{}", stdout(&run));
    }
    assert_eq!(stderr(&run), "");
}

#[test]
fn every_line_fits_a_terminal_of_60_columns() {
    for args in [&[][..], &["--list"], &["--help"]] {
        let run = output(&mut program(args));
        let wide = stdout(&run).lines().find(|line| line.chars().count() > 60).map(str::to_owned);
        assert_eq!(wide, None);
    }
}

#[test]
fn the_list_names_every_lesson_and_each_can_be_shown_alone_and_in_any_order() {
    let list = output(&mut program(&["--list"]));
    let list = stdout(&list);
    let names: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let expected = ["lazy", "steps", "work", "network", "line", "lane", "cancel", "panics", "nested"];
    assert_eq!(names, expected);
    let alone = names.iter().map(|name| vec![*name]);
    for args in alone.chain([vec!["nested", "work", "lazy", "lazy"]]) {
        let run = output(&mut program(&args));
        assert_eq!(run.status.code(), Some(0), "{args:?}: {}", stderr(&run));
        assert!(stdout(&run).starts_with(&format!("{}: ", args[0])), "{}", stdout(&run));
    }
}

#[test]
fn an_unknown_lesson_is_wrong_usage_and_the_nearest_is_named() {
    let run = output(&mut program(&["stesp"]));
    assert_eq!(run.status.code(), Some(2));
    assert!(stderr(&run).contains("no lesson is named 'stesp'; the nearest are: steps"), "{}", stderr(&run));
}

#[test]
fn an_unknown_flag_is_wrong_usage() {
    let run = output(&mut program(&["--threads"]));
    assert_eq!(run.status.code(), Some(2));
    assert!(stderr(&run).contains("--threads") && stderr(&run).contains("Usage:"), "{}", stderr(&run));
}

#[test]
fn a_closed_standard_output_is_no_panic() {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let run = output_to(&mut program(&[]), writer);
    assert_eq!(run.status.code(), Some(0));
    assert_eq!(stderr(&run), "");
}

#[test]
fn the_pool_has_the_size_that_the_environment_asks_for() {
    for (value, size, steps) in [("8", 8, 1), ("1", 1, 5), ("0", 1, 5), ("300", 300, 1)] {
        let run = output(program(&["lazy", "steps", "work"]).env("UV_THREADPOOL_SIZE", value));
        assert_eq!(run.status.code(), Some(0), "{value}: {}", stderr(&run));
        for claim in [format!("One job, and {size} threads at once"), format!("on {size} threads: {steps} step(s)")] {
            assert!(stdout(&run).contains(&claim), "'{claim}' is missing in:\n{}", stdout(&run));
        }
    }
}

#[test]
fn a_size_that_is_no_number_is_an_error_that_names_it_and_the_remedy() {
    let run = output(program(&["lazy"]).env("UV_THREADPOOL_SIZE", "four"));
    assert_eq!(run.status.code(), Some(1));
    for part in ["UV_THREADPOOL_SIZE is 'four'", "from 1 to 1024", "unset it"] {
        assert!(stderr(&run).contains(part), "'{part}' is missing in: {}", stderr(&run));
    }
}
