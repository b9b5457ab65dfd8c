//! The chapter's program: its lessons, and its puzzles to run, to watch, and to solve.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use event_loop::Puzzle;
use event_loop::cli::{self, Output};
use event_loop::lessons::LESSONS;
use event_loop::puzzle::questions::QUESTIONS;
use event_loop::puzzle::{quiz, watch};
use event_loop::support::inherited;

const USAGE: &str = "\
One thread, many callbacks: libuv's event loop, phase by phase.

Usage: event-loop [LESSON]...          the lessons named, or all
       event-loop puzzle PUZZLE        runs a puzzle: one label per line
       event-loop puzzle --js PUZZLE   the same, as a Node.js script
       event-loop watch PUZZLE         the same, step by step, with the queues
       event-loop quiz [PUZZLE]...     asks for the order
       event-loop quiz --list          the names of the chapter's puzzles
       event-loop --list               the names of the lessons
       event-loop --help               this text

PUZZLE is the path of a JSON file, or the name of one of the chapter's puzzles.";

fn main() -> ExitCode {
    inherited::reset(false);
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    let command = args.first().and_then(|first| first.to_str()).unwrap_or_default();
    match command {
        "puzzle" | "watch" | "quiz" => cli::finish(USAGE, play(command, &args[1..])),
        _ => cli::run(USAGE, LESSONS, args),
    }
}

/// Does what `puzzle`, `watch` or `quiz` ask for.
fn play(command: &str, args: &[OsString]) -> anyhow::Result<ExitCode> {
    use lexopt::prelude::*;

    let mut puzzles = Vec::new();
    let mut js = false;
    let mut parser = lexopt::Parser::from_args(args);
    while let Some(arg) = parser.next()? {
        match arg {
            Long("js") if command == "puzzle" => js = true,
            Long("list") => {
                for question in QUESTIONS {
                    writeln!(Output, "{:<10} {}", question.name, question.about)?;
                }
                return Ok(ExitCode::SUCCESS);
            }
            Long("help") | Short('h') => return Ok(cli::run(USAGE, LESSONS, vec!["--help".into()])),
            Value(word) => puzzles.push(find(&word)?),
            _ => return Err(arg.unexpected().into()),
        }
    }
    if command == "quiz" && puzzles.is_empty() {
        puzzles = QUESTIONS.iter().map(|question| find(question.name.as_ref())).collect::<Result<_, _>>()?;
    }
    match (command, &puzzles[..]) {
        ("quiz", some) => quiz::ask(some, &mut io::stdin().lock(), &mut Output)?,
        ("watch", [(_, puzzle)]) => watch::watch(puzzle, &mut Output)?,
        ("puzzle", [(_, puzzle)]) if js => write!(Output, "{}", puzzle.js())?,
        ("puzzle", [(_, puzzle)]) => {
            for label in puzzle.run()?.into_iter().filter_map(|step| step.label) {
                writeln!(Output, "{label}")?;
            }
        }
        _ => return Err(lexopt::Error::from("expected one puzzle: the path of a JSON file, or a name").into()),
    }
    Ok(ExitCode::SUCCESS)
}

/// A puzzle by its name or by its path.
fn find(word: &OsStr) -> Result<(String, Puzzle), lexopt::Error> {
    let name = word.to_string_lossy().into_owned();
    let json = match cli::find("puzzle", QUESTIONS, |question| question.name, &name) {
        Err(_) if name.contains(['/', '.']) => fs::read(word).map_err(|why| format!("cannot read '{name}': {why}"))?,
        question => question?.json.into(),
    };
    let puzzle = Puzzle::parse(&json).map_err(|why| format!("'{name}' is an invalid puzzle: {why}"))?;
    Ok((name, puzzle))
}
