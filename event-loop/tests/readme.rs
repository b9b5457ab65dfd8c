//! The chapter's text is true: its commands work, and the program prints what the text shows.

use std::process::{Command, Stdio};

const CHAPTER: &str = env!("CARGO_PKG_NAME");
const README: &str = include_str!("../README.md");

/// The lines of all fenced blocks of a language.
fn fenced(language: &str) -> impl Iterator<Item = &'static str> {
    let mut inside = false;
    README.lines().filter(move |line| {
        let fence = line.starts_with("```");
        inside = if fence { *line == format!("```{language}") } else { inside };
        inside && !fence
    })
}

/// The arguments of a command, and what is set in its environment.
type Arguments = (Vec<&'static str>, Option<(&'static str, &'static str)>);

/// The commands that run this chapter's lessons.
fn commands() -> Vec<Arguments> {
    let of_this_chapter = |line: &'static str| {
        let (variable, command) = match line.split_once(' ').map(|(first, rest)| (first.split_once('='), rest)) {
            Some((Some(variable), command)) => (Some(variable), command),
            _ => (None, line),
        };
        let arguments = command.split('#').next()?.strip_prefix("cargo run -p ")?.strip_prefix(CHAPTER)?;
        let arguments: Vec<_> = arguments.split_whitespace().skip_while(|word| *word == "--").collect();
        Some((arguments, variable))
    };
    fenced("sh").filter_map(of_this_chapter).filter(|(arguments, _)| arguments.first() != Some(&"serve")).collect()
}

/// What a command printed; it must end with code 0.
fn run(arguments: &[&str], variable: Option<(&str, &str)>) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_event-loop"));
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")); // where the reader stands
    let output = command.args(arguments).envs(variable).stdin(Stdio::null()).output().expect("the program starts");
    let printed = String::from_utf8(output.stdout).expect("the program prints UTF-8");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?} ended with {}:\n{printed}{complaints}", output.status);
    printed
}

/// A line with its numbers and its spacing left out: pids, times and counts differ from run to run.
fn shape(line: &str) -> String {
    let mut shape = String::new();
    for word in line.split_whitespace() {
        let mut number = false;
        for letter in word.chars() {
            let digit = letter.is_ascii_digit() || (number && letter == '.');
            if !digit {
                shape.push(letter);
            } else if !number {
                shape.push('#');
            }
            number = digit;
        }
        shape.push(' ');
    }
    shape
}

#[test]
fn every_command_works() {
    let commands = commands();
    assert!(!commands.is_empty(), "the README has no command that runs {CHAPTER}");
    for (arguments, variable) in commands {
        run(&arguments, variable);
    }
}

#[test]
fn the_puzzle_in_the_text_is_one() {
    let json = fenced("json").collect::<Vec<_>>().join("\n");
    event_loop::Puzzle::parse(json.as_bytes()).unwrap();
}

#[test]
fn the_program_prints_what_the_text_shows() {
    let printed: Vec<String> = run(&[], None).lines().map(shape).collect();
    let is_output = |line: &&str| line.starts_with("  ") && line.is_ascii();
    let shown: Vec<_> = fenced("text").filter(is_output).collect();
    assert!(!shown.is_empty(), "the README shows nothing that the program prints");
    for line in shown {
        assert!(printed.contains(&shape(line)), "the README shows a line that was not printed: {line}");
    }
}
