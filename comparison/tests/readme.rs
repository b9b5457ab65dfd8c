//! The commands of the course's README and of this crate's are commands that the program takes.

use std::process::{Command, Stdio};

const COURSE: &str = include_str!("../../README.md");
const CRATE: &str = include_str!("../README.md");

/// The arguments of each command that runs the comparison.
fn commands() -> Vec<Vec<&'static str>> {
    let lines = COURSE.lines().chain(CRATE.lines());
    let arguments = lines.filter_map(|line| {
        let command = line.split('#').next()?.trim_start_matches("taskset -c 0 ");
        let arguments = command.strip_prefix("cargo run --release -p comparison")?;
        Some(arguments.split_whitespace().skip_while(|word| *word == "--").collect())
    });
    arguments.collect()
}

#[test]
fn every_flag_is_known() {
    let commands = commands();
    assert!(commands.len() > 8, "the READMEs have more commands than {commands:?}");
    let draws =
        |arguments: &&Vec<&str>| ["render", "class", "explain"].iter().any(|draw| arguments.first() == Some(draw));
    for arguments in commands.iter().filter(|arguments| !draws(arguments)) {
        // With --list the experiments are not run, but every flag is read.
        let mut command = Command::new(env!("CARGO_BIN_EXE_comparison"));
        command.args(arguments.iter().filter(|argument| **argument != "--list"));
        let output = command.arg("--list").stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
