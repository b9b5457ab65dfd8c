//! `cargo grade`: checks the exercises, one for a student or all answers of a class for a teacher.

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};
use std::thread;

use anyhow::{Context, Result};

use contain::Containment;
use exercise::Exercise;
use workshop::Workshop;

mod exercise; // what there is to do
mod verdict; // what can come of it
mod contain; // running what is not trusted
mod scratch; // folders that do not stay
mod cargo; // how a check is built
mod workshop; // building answers in pristine copies
mod run; // running checks, each in a process
mod grade; // one answer: build, run, verdict
mod student; // the student's command
mod class; // the teacher's command
mod tokens; // who handed in the same
mod report; // table, CSV, JSON
mod prove; // the exercises and the grader, put to the test

const USAGE: &str = "\
Checks the exercises.

Usage: cargo grade                              the exercises, and which are done
       cargo grade CHAPTER EXERCISE [--hint]    runs the checks of your answer
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
    prove: bool,
    hint: bool,
    json: bool,
    csv: bool,
    help: bool,
    jobs: Option<usize>,
}

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    if let [role, spec] = args.as_slice()
        && role == contain::SUPERVISE
    {
        process::exit(contain::supervisor::run(spec));
    }
    let result = options(args).map_err(Into::into).and_then(|options| run(&options));
    scratch::remove();
    result.unwrap_or_else(|error| {
        let wrong_usage = error.is::<lexopt::Error>();
        eprintln!("grade: {error:#}");
        if wrong_usage {
            eprintln!("\n{USAGE}");
        }
        ExitCode::from(if wrong_usage { 2 } else { 1 })
    })
}

fn options(args: Vec<String>) -> Result<Options, lexopt::Error> {
    use lexopt::prelude::*;

    let mut options = Options::default();
    let mut parser = lexopt::Parser::from_args(args);
    while let Some(arg) = parser.next()? {
        match arg {
            Long("submissions") => options.submissions = Some(parser.value()?.into()),
            Long("jobs") | Short('j') => options.jobs = Some(parser.value()?.parse()?),
            Long("prove") => options.prove = true,
            Long("hint") => options.hint = true,
            Long("json") => options.json = true,
            Long("csv") => options.csv = true,
            Long("help") | Short('h') => options.help = true,
            Value(name) if options.names.len() < 2 => options.names.push(name.string()?),
            _ => return Err(arg.unexpected()),
        }
    }
    if options.jobs == Some(0) {
        return Err("--jobs needs a number above 0".into());
    }
    let modes = [options.submissions.is_some(), options.prove, options.hint];
    if modes.iter().filter(|asked| **asked).count() > 1 || (options.submissions.is_some() && !options.names.is_empty())
    {
        return Err("these options do not go together".into());
    }
    Ok(options)
}

fn run(options: &Options) -> Result<ExitCode> {
    let mut out = Output;
    if options.help {
        writeln!(out, "{USAGE}")?;
        return Ok(ExitCode::SUCCESS);
    }
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the grader lies in no workspace")?;
    let exercises = exercise::all(workspace)?;
    let chosen = choose(&exercises, &options.names)?;
    scratch::prepare()?;
    let jobs = options.jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, Into::into));
    if let Some(folder) = &options.submissions {
        return class(workspace, &exercises, folder, jobs, options);
    }
    let good = match chosen {
        _ if options.prove => {
            let hostile = workspace.join(".grade/hostile");
            let workshop = Workshop::open(workspace, Containment::probe()?, &chosen)?;
            report::containment(&workshop.containment, &mut out)?;
            let with_hostile = options.names.is_empty().then_some(hostile.as_path());
            prove::run(&workshop, &chosen, with_hostile, jobs, &mut out)?
        }
        _ if options.names.is_empty() => {
            student::list(workspace, &exercises, &mut out)?;
            true
        }
        chosen => {
            let mut all_pass = true;
            for exercise in &chosen {
                all_pass &= student::check(workspace, exercise, options.hint, &mut out)?;
            }
            all_pass
        }
    };
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The exercises that were named: of a chapter, or one.
fn choose(exercises: &[Exercise], names: &[String]) -> Result<Vec<Exercise>> {
    let mut chosen = exercises.to_vec();
    if let Some(chapter) = names.first() {
        let mut chapters: Vec<&str> = exercises.iter().map(|exercise| exercise.chapter.as_str()).collect();
        chapters.dedup();
        check_name("chapter with exercises", chapter, &chapters)?;
        chosen.retain(|exercise| exercise.chapter == *chapter);
    }
    if let Some(name) = names.get(1) {
        let of_chapter: Vec<&str> = chosen.iter().map(|exercise| exercise.name.as_str()).collect();
        check_name("exercise of this chapter", name, &of_chapter)?;
        chosen.retain(|exercise| exercise.name == *name);
    }
    Ok(chosen)
}

fn check_name(what: &str, wanted: &str, known: &[&str]) -> Result<(), lexopt::Error> {
    if known.contains(&wanted) {
        return Ok(());
    }
    let mut nearest = known.to_vec();
    nearest.sort_by_key(|name| strsim::damerau_levenshtein(wanted, name));
    nearest.truncate(3);
    Err(format!("no {what} is named '{wanted}'; the nearest are: {}", nearest.join(", ")).into())
}

fn class(workspace: &Path, exercises: &[Exercise], folder: &Path, jobs: usize, options: &Options) -> Result<ExitCode> {
    let students = class::students(folder)?;
    for stranger in class::strangers(&students, exercises) {
        eprintln!("not the name of an exercise, left out: {}", stranger.display());
    }
    let assigned = class::assigned(&students, exercises);
    let workshop = Workshop::open(workspace, Containment::probe()?, &assigned)?;
    let progress = |row: &class::Row| eprintln!("{} {}: {}", row.student, row.exercise, row.verdict);
    let rows = class::grade(&workshop, &students, &assigned, jobs, &progress);
    let mut out = Output;
    if options.json {
        writeln!(out, "{:#}", report::to_json(&rows, &workshop.containment))?;
    } else if options.csv {
        report::csv(&rows, &mut out)?;
    } else {
        report::containment(&workshop.containment, &mut out)?;
        report::table(&rows, &mut out)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Standard output whose reader may leave (`… | head -1`): the grader then ends quietly.
struct Output;

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match io::stdout().write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                scratch::remove();
                process::exit(0)
            }
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}
