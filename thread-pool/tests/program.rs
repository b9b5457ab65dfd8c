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
    for claim in ["rayon       rayon::scope   4 of 4", "threadpool loses the thread"] {
        assert!(stdout(&run).contains(claim), "'{claim}' is missing in:\n{}", stdout(&run));
    }
    assert_eq!(stderr(&run), "");
}

#[test]
fn every_line_fits_a_terminal_of_80_columns() {
    for args in [&[][..], &["--list"], &["--help"]] {
        let run = output(&mut program(args));
        let wide = stdout(&run).lines().find(|line| line.chars().count() > 80).map(str::to_owned);
        assert_eq!(wide, None);
    }
}

#[test]
fn the_list_names_every_lesson_and_each_can_be_shown_alone_and_in_any_order() {
    let list = output(&mut program(&["--list"]));
    let list = stdout(&list);
    let names: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let expected = ["lazy", "work", "head-of-line", "slow-io", "cancel", "panics", "nested"];
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
    let run = output(&mut program(&["canecl"]));
    assert_eq!(run.status.code(), Some(2));
    assert!(stderr(&run).contains("no lesson is named 'canecl'; the nearest are: cancel"), "{}", stderr(&run));
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
    for (value, size) in [("8", 8), ("1", 1), ("0", 1), ("300", 300)] {
        let run = output(program(&["lazy", "work"]).env("UV_THREADPOOL_SIZE", value));
        assert_eq!(run.status.code(), Some(0), "{value}: {}", stderr(&run));
        let claim = format!("then {size} at once");
        assert!(stdout(&run).contains(&claim), "'{claim}' is missing in:\n{}", stdout(&run));
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
