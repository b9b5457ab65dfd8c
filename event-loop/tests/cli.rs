//! The command line and the form of every lesson's output. The same file in every chapter.

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;

use chapter::{CHAPTER, PROGRAM, command, finish, lessons, run, wait_for};

mod chapter;

#[test]
fn every_lesson_holds_and_keeps_the_form() {
    for lesson in lessons() {
        let shown = run(&[&lesson]);
        assert_eq!(shown.status.code(), Some(0), "{lesson}:\n{}{}", shown.out, shown.err);
        let lines: Vec<&str> = shown.out.lines().collect();
        assert!(lines.len() <= 15, "{lesson} prints {} lines, not at most 15:\n{}", lines.len(), shown.out);
        for line in &lines {
            assert!(line.chars().count() <= 80, "{lesson} prints a line longer than 80 columns: {line}");
        }
        assert!(shown.out.contains("\n  Expected: "), "{lesson} does not say what is expected:\n{}", shown.out);
        let source = lines[0].rsplit_once("  (").and_then(|(_, source)| source.strip_suffix(')'));
        let source = source.unwrap_or_else(|| panic!("{lesson} names no source file: {}", lines[0]));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(source);
        assert!(path.is_file(), "{lesson} names {source}, which does not exist");
    }
}

#[test]
fn without_arguments_every_lesson_is_shown() {
    let all = run(&[]);
    assert_eq!(all.status.code(), Some(0), "{}{}", all.out, all.err);
    let shown: Vec<&str> = all.out.lines().filter(|line| line.ends_with(".rs)")).collect();
    let names: Vec<&str> = shown.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(names, lessons());
}

#[test]
fn help_is_the_usage() {
    let help = run(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(help.out.contains(&format!("Usage: {CHAPTER}")), "{}", help.out);
}

#[test]
fn an_unknown_lesson_is_named_with_the_nearest() {
    let first = &lessons()[0];
    let misspelled = format!("{first}x");
    let refused = run(&[&misspelled]);
    assert_eq!(refused.status.code(), Some(2));
    let expected = format!("no lesson is named '{misspelled}'; the nearest are: {first}");
    assert!(refused.err.matches(&expected).count() == 1 && refused.out.is_empty(), "{}", refused.err);
}

#[test]
fn an_unknown_option_is_wrong_usage() {
    for arguments in [&["--loud"][..], &["--list", "--loud"]] {
        let refused = run(arguments);
        assert_eq!(refused.status.code(), Some(2));
        assert!(refused.err.contains("--loud") && refused.err.contains("Usage:"), "{}", refused.err);
    }
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    let mut child = command(PROGRAM).spawn().unwrap();
    drop(child.stdout.take());
    let ended = wait_for(child);
    assert_eq!((ended.status.code(), ended.err.as_str()), (Some(0), ""));
}

#[test]
fn a_full_disk_is_an_error() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let ended = finish(command(PROGRAM).stdout(full));
    assert_eq!(ended.status.code(), Some(1));
    assert_eq!(ended.err.matches("cannot write to standard output: No space left").count(), 1, "{}", ended.err);
}

#[test]
fn an_unread_standard_error_and_a_closed_standard_input_do_no_harm() {
    let script = format!("exec '{PROGRAM}' <&- 2>&-");
    let ended = finish(command("sh").args(["-c", &script]).stderr(Stdio::null()));
    assert_eq!(ended.status.code(), Some(0), "{}", ended.out);
}

#[test]
fn its_source_shows_the_core_first() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = fs::read_dir(source).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let core: Vec<String> =
        files.filter(|name| name.ends_with(".rs") && !["lib.rs", "main.rs", "cli.rs"].contains(&&**name)).collect();
    assert!(core.len() <= 8, "src/ shows {} files beside lib.rs, main.rs and cli.rs: {core:?}", core.len());
}
