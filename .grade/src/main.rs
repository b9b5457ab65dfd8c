//! `cargo grade`: checks the exercises, one for a student or all answers of a class for a teacher.

use std::env;
use std::ffi::OsString;
use std::io::Write;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use anyhow::{Context, Result};

use cli::{Output, find};
use exercise::Exercise;
use workshop::Workshop;

#[allow(dead_code, reason = "the grader has no lessons")]
#[path = "../../process-basics/src/cli.rs"]
pub mod cli; // the command line of every chapter
#[allow(dead_code, reason = "the grader only receives")]
#[path = "../../process-basics/exercises/checks/harness/protocol.rs"]
pub mod protocol; // how a check reports

mod exercise; // what there is to do
mod verdict; // what can come of it
mod contain; // running what is not trusted
mod cargo; // how a check is built
mod run; // running checks, each in a process
mod workshop; // one answer: build, run, verdict
mod parallel; // many answers
mod student; // the student's command
mod class; // the teacher's command
mod tokens; // who handed in the same
mod report; // table, CSV, JSON
mod prove; // the exercises and the grader, put to the test

const USAGE: &str = "\
Checks the exercises.

Usage: cargo grade                              the exercises, and which are done
       cargo grade [CHAPTER] [EXERCISE] [--hint] runs the checks of your answer
       cargo grade --submissions DIR            grades DIR/STUDENT/CHAPTER/EXERCISE.rs
                   [--jobs N] [--json | --csv]
       cargo grade --prove [CHAPTER [EXERCISE]] tries the answers that come with the
                   [--jobs N]                   exercises, and hostile ones
       cargo grade --help                       this text

Exit codes: 0 all checks pass (or the class was graded), 1 not so, 2 wrong usage.";

/// What the arguments ask for.
#[derive(Default)]
struct Options {
    names: Vec<String>,
    submissions: Option<PathBuf>,
    format: Option<report::Format>,
    prove: bool,
    hint: bool,
    help: bool,
    jobs: Option<NonZero<usize>>,
}

fn main() -> ExitCode {
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    let result = match args.as_slice() {
        [role, spec] if role == contain::SUPERVISE => contain::supervisor::run(&spec.to_string_lossy()).map(|()| true),
        _ => options(args).map_err(Into::into).and_then(run),
    };
    cli::finish(USAGE, result.map(|good| if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }))
}

fn options(args: Vec<OsString>) -> Result<Options, lexopt::Error> {
    use lexopt::prelude::*;

    let mut options = Options::default();
    let mut parser = lexopt::Parser::from_args(args);
    while let Some(arg) = parser.next()? {
        match arg {
            Long("submissions") => options.submissions = Some(parser.value()?.into()),
            Long("jobs") | Short('j') => options.jobs = Some(parser.value()?.parse()?),
            Long("prove") => options.prove = true,
            Long("hint") => options.hint = true,
            Long("json") => options.format = Some(report::json),
            Long("csv") => options.format = Some(report::csv),
            Long("help") | Short('h') => options.help = true,
            Value(name) if options.names.len() < 2 => options.names.push(name.string()?),
            _ => return Err(arg.unexpected()),
        }
    }
    let class = options.submissions.is_some();
    if class && (options.prove || options.hint || !options.names.is_empty()) || options.prove && options.hint {
        return Err("these options do not go together".into());
    }
    Ok(options)
}

/// Does what was asked for; whether everything passes.
fn run(options: Options) -> Result<bool> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the grader lies in no workspace")?;
    let exercises = exercise::all(workspace)?;
    let chosen = choose(&exercises, &options.names)?;
    let jobs = options.jobs.or(thread::available_parallelism().ok()).map_or(1, NonZero::get);
    let mut all_pass = true;
    if options.help {
        writeln!(Output, "{USAGE}")?;
    } else if let Some(folder) = &options.submissions {
        let workshop = Workshop::with_copy(workspace)?;
        let rows = class::grade(&workshop, folder, &exercises, jobs)?;
        options.format.unwrap_or(report::table)(&rows, &workshop.containment)?;
    } else if options.prove {
        let workshop = Workshop::with_copy(workspace)?;
        report::containment(&workshop.containment)?;
        all_pass = prove::run(&workshop, workspace, &chosen, jobs)?;
    } else if options.names.is_empty() {
        student::list(&Workshop::in_place(workspace)?, &exercises)?;
    } else {
        let workshop = Workshop::in_place(workspace)?;
        for exercise in chosen {
            all_pass &= student::check(&workshop, exercise, options.hint)?;
        }
    }
    Ok(all_pass)
}

/// The exercises that were named: all, those of a chapter, or one.
fn choose<'a>(exercises: &'a [Exercise], names: &[String]) -> Result<Vec<&'a Exercise>> {
    let known = exercise::CHAPTERS.into_iter().chain(exercises.iter().map(|exercise| &*exercise.name));
    let known: Vec<&str> = known.collect();
    let mut chosen: Vec<&Exercise> = exercises.iter().collect();
    for name in names {
        find("chapter or exercise", &known, |known| known, name)?;
        chosen.retain(|exercise| exercise.chapter == *name || exercise.name == *name);
    }
    if chosen.is_empty() {
        return Err(lexopt::Error::from(format!("'{}' is in another chapter", names.join(" "))).into());
    }
    Ok(chosen)
}
