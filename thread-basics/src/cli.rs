//! The chapter's command line: it lists the lessons, shows them, and reports errors. The same file in every chapter.

use std::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write};
use std::process::{self, ExitCode};

const PROGRAM: &str = env!("CARGO_PKG_NAME");

/// One demonstration of the chapter.
#[derive(Debug)]
pub struct Lesson {
    /// Its name on the command line.
    pub name: &'static str,
    /// The question that it answers, in a few words.
    pub about: &'static str,
    /// The file to read, from the chapter's folder.
    pub source: &'static str,
    /// Runs it and prints what is done, what is expected, what happened, and why it matters. Fails by [`claim`] where
    /// the claim did not hold; any other error means that the lesson could not be set up.
    pub show: Show,
}

/// What shows a lesson.
pub type Show = fn(out: &mut dyn Write) -> anyhow::Result<()>;

/// A lesson, for the chapter's list of them.
pub const fn lesson(name: &'static str, about: &'static str, source: &'static str, show: Show) -> Lesson {
    Lesson { name, about, source, show }
}

/// The error of a lesson whose claim did not hold.
#[derive(Debug)]
struct ClaimFailed(String);

impl fmt::Display for ClaimFailed {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for ClaimFailed {}

/// Checks a lesson's claim; `instead` says what was seen if it does not hold.
///
/// # Errors
///
/// When `holds` is false. The command line reports it apart from a lesson that could not be set up.
pub fn claim(holds: bool, instead: impl fmt::Display) -> anyhow::Result<()> {
    if holds { Ok(()) } else { Err(ClaimFailed(instead.to_string()).into()) }
}

/// Does what `args` (without the program's name) ask for: `--list`, `--help`, some lessons, or all of them. The exit
/// code is 0, or 1 if a lesson failed, or 2 for wrong usage.
pub fn run(usage: &str, lessons: &[Lesson], args: Vec<OsString>) -> ExitCode {
    finish(usage, answer(usage, lessons, args))
}

/// Reports the error of a `result`, if it is one: wrong usage (a [`lexopt::Error`]) with the usage text and exit code
/// 2, anything else with exit code 1.
pub fn finish(usage: &str, result: anyhow::Result<ExitCode>) -> ExitCode {
    result.unwrap_or_else(|error| {
        let wrong_usage = error.is::<lexopt::Error>();
        // With its causes; that of wrong usage would be the same words again.
        let words = if wrong_usage { format!("{error}\n\n{usage}") } else { format!("{error:#}") };
        print_error(format_args!("{words}"));
        ExitCode::from(if wrong_usage { 2 } else { 1 })
    })
}

/// The one of `all` that is called `wanted`. `what` says what they are: "lesson".
///
/// # Errors
///
/// When none has that name: the error lists the three nearest.
pub fn find<'a, T>(what: &str, all: &'a [T], name: fn(&T) -> &str, wanted: &str) -> Result<&'a T, lexopt::Error> {
    all.iter().find(|one| name(one) == wanted).ok_or_else(|| {
        let mut names: Vec<&str> = all.iter().map(name).collect();
        names.sort_by_key(|other| strsim::damerau_levenshtein(wanted, other));
        names.truncate(3);
        format!("no {what} is named '{wanted}'; the nearest are: {}", names.join(", ")).into()
    })
}

fn answer(usage: &str, lessons: &[Lesson], args: Vec<OsString>) -> anyhow::Result<ExitCode> {
    use lexopt::prelude::*;

    let mut chosen = Vec::new();
    let (mut help, mut list) = (false, false);
    let mut parser = lexopt::Parser::from_args(args);
    while let Some(arg) = parser.next()? {
        match arg {
            Long("help") | Short('h') => help = true,
            Long("list") => list = true,
            Value(name) => chosen.push(find("lesson", lessons, |lesson| lesson.name, &name.to_string_lossy())?),
            _ => return Err(arg.unexpected().into()),
        }
    }
    if help {
        writeln!(Output, "{usage}")?;
    } else if list {
        let width = lessons.iter().map(|lesson| lesson.name.len()).max().unwrap_or(0);
        for lesson in lessons {
            writeln!(Output, "{:<width$}  {}", lesson.name, lesson.about)?;
        }
    } else {
        if chosen.is_empty() {
            chosen.extend(lessons);
        }
        return show(&chosen);
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows the lessons one after another; after one that fails the others are shown, too.
fn show(lessons: &[&Lesson]) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for (n, lesson) in lessons.iter().enumerate() {
        let blank = if n == 0 { "" } else { "\n" };
        writeln!(Output, "{blank}{}: {}  ({})", lesson.name, lesson.about, lesson.source)?;
        if let Err(error) = (lesson.show)(&mut Output) {
            let what = if error.is::<ClaimFailed>() { "the claim did not hold" } else { "could not be set up" };
            let why = format!("{error:#}");
            let hint = if why.contains("os error") { "; `ulimit -a` shows what this shell may use" } else { "" };
            print_error(format_args!("lesson '{}': {what}: {why}{hint}", lesson.name));
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

/// One message on standard error. Where even that is closed, only the exit code is left to report it.
fn print_error(message: fmt::Arguments) {
    let _ = writeln!(io::stderr(), "{PROGRAM}: {message}");
}

/// Standard output. Where it cannot be written the program ends: quietly with exit code 0 if its reader left
/// (`… | head -1`), else with a message and exit code 1. Threads and children end with the program.
#[derive(Debug)]
pub struct Output;

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::stdout().write(bytes).or_else(|error| match error.kind() {
            io::ErrorKind::Interrupted => Err(error),
            io::ErrorKind::BrokenPipe => process::exit(0),
            _ => {
                print_error(format_args!("cannot write to standard output: {error}"));
                process::exit(1)
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}
