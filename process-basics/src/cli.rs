//! The command line of a chapter: lists its lessons and runs them.

use std::ffi::OsString;
use std::fmt::{self, Display};
use std::io::{self, Write};
use std::process::{self, ExitCode};

/// One demonstration of the chapter.
pub struct Lesson {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it shows, in a line.
    pub about: &'static str,
    /// The file to read, from the chapter's folder: `src/reap.rs`.
    pub source: &'static str,
    /// Shows it. Fails when what it saw is not what it claims, or when it could not be set up.
    pub show: fn(out: &mut dyn Write) -> anyhow::Result<()>,
}

/// What a lesson saw was not what it claims.
#[derive(Debug)]
struct Refuted(String);

impl Display for Refuted {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "the claim did not hold: {}", self.0)
    }
}

impl std::error::Error for Refuted {}

/// Checks a lesson's claim; `instead` says what was seen where it does not hold.
///
/// # Errors
/// When the claim does not hold.
pub fn claim(holds: bool, instead: impl Display) -> anyhow::Result<()> {
    if holds { Ok(()) } else { Err(Refuted(instead.to_string()).into()) }
}

/// Runs what the arguments ask for: `--list`, `--help`, some lessons, or all.
pub fn run(usage: &str, lessons: &[Lesson], args: Vec<OsString>) -> ExitCode {
    finish(usage, parse_and_run(usage, lessons, args))
}

/// Prints an error. Wrong usage ends with exit code 2 and the usage, any other error with 1.
pub fn finish(usage: &str, result: anyhow::Result<ExitCode>) -> ExitCode {
    result.unwrap_or_else(|error| {
        let wrong_usage = error.is::<lexopt::Error>();
        if wrong_usage {
            print_error(format_args!("{error}\n\n{usage}")); // its causes are in its text
            return ExitCode::from(2);
        }
        print_error(format_args!("{error:#}"));
        ExitCode::FAILURE
    })
}

fn parse_and_run(usage: &str, lessons: &[Lesson], args: Vec<OsString>) -> anyhow::Result<ExitCode> {
    use lexopt::prelude::*;

    let mut out = Output;
    let mut wanted = Vec::new();
    let mut parser = lexopt::Parser::from_args(args);
    while let Some(arg) = parser.next()? {
        match arg {
            Long("list") => {
                for lesson in lessons {
                    writeln!(out, "{:<14} {}", lesson.name, lesson.about)?;
                }
                return Ok(ExitCode::SUCCESS);
            }
            Long("help") | Short('h') => {
                writeln!(out, "{usage}")?;
                return Ok(ExitCode::SUCCESS);
            }
            Value(name) => wanted.push(find("lesson", lessons, |lesson| lesson.name, &name.string()?)?),
            _ => return Err(arg.unexpected().into()),
        }
    }
    if wanted.is_empty() {
        wanted.extend(lessons);
    }
    show(&wanted, &mut out)
}

/// The one with the wanted name.
///
/// # Errors
/// Where there is none: the error names the nearest.
pub fn find<'a, T>(what: &str, all: &'a [T], name: fn(&T) -> &str, wanted: &str) -> Result<&'a T, lexopt::Error> {
    all.iter().find(|one| name(one) == wanted).ok_or_else(|| {
        let mut names: Vec<&str> = all.iter().map(name).collect();
        names.sort_by_key(|other| strsim::damerau_levenshtein(wanted, other));
        names.truncate(3);
        format!("no {what} is named '{wanted}'; the nearest are: {}", names.join(", ")).into()
    })
}

/// Shows the lessons one after another; the rest are shown even if one fails.
fn show(lessons: &[&Lesson], out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for (n, lesson) in lessons.iter().enumerate() {
        let blank = if n == 0 { "" } else { "\n" };
        writeln!(out, "{blank}{}: {}   ({})", lesson.name, lesson.about, lesson.source)?;
        if let Err(error) = (lesson.show)(out) {
            let kind = if error.is::<Refuted>() { "" } else { "could not be set up: " };
            print_error(format_args!("lesson '{}': {kind}{error:#}", lesson.name));
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

/// One message on standard error; where even that is closed, only the exit code says it.
fn print_error(message: fmt::Arguments) {
    let _ = writeln!(io::stderr(), "{message}");
}

/// Standard output whose reader may leave (`… | head -1`): the program then ends without an error.
pub struct Output;

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match io::stdout().write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => process::exit(0),
            Err(error) => Err(io::Error::new(error.kind(), format!("cannot write to standard output: {error}"))),
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}
