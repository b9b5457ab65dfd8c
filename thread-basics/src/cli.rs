//! The command line of the chapter: lists, finds and shows its lessons.

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
    /// The file that it is in.
    pub source: &'static str,
    /// Shows it. Fails when it cannot be set up, and, with [`claim`], when it sees something else than it claims.
    pub show: fn(&mut dyn Write) -> anyhow::Result<()>,
}

#[derive(Debug)]
struct NotSo(String);

impl Display for NotSo {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "the claim did not hold: {}", self.0)
    }
}

impl std::error::Error for NotSo {}

/// What a lesson claims; `instead` is what was seen.
///
/// # Errors
/// When it does not hold.
pub fn claim(holds: bool, instead: impl Display) -> anyhow::Result<()> {
    if holds { Ok(()) } else { Err(NotSo(instead.to_string()).into()) }
}

/// Does what the arguments ask for.
pub fn run(usage: &str, lessons: &[Lesson], args: Vec<OsString>) -> ExitCode {
    answer(usage, lessons, args).unwrap_or_else(|error| {
        let wrong_usage = error.is::<lexopt::Error>();
        let usage = if wrong_usage { format!("\n\n{usage}") } else { String::new() };
        print_error(format_args!("{error}{usage}"));
        ExitCode::from(if wrong_usage { 2 } else { 1 })
    })
}

fn answer(usage: &str, lessons: &[Lesson], args: Vec<OsString>) -> anyhow::Result<ExitCode> {
    use lexopt::prelude::*;

    let mut wanted = Vec::new();
    let mut parser = lexopt::Parser::from_args(args);
    while let Some(arg) = parser.next()? {
        match arg {
            Long("list") => {
                for lesson in lessons {
                    writeln!(Output, "{:<14} {}", lesson.name, lesson.about)?;
                }
                return Ok(ExitCode::SUCCESS);
            }
            Long("help") | Short('h') => {
                writeln!(Output, "{usage}")?;
                return Ok(ExitCode::SUCCESS);
            }
            Value(name) => wanted.push(find(lessons, &name.string()?)?),
            _ => return Err(arg.unexpected().into()),
        }
    }
    if wanted.is_empty() {
        wanted.extend(lessons);
    }
    show(&wanted)
}

fn find<'a>(lessons: &'a [Lesson], name: &str) -> Result<&'a Lesson, lexopt::Error> {
    lessons.iter().find(|lesson| lesson.name == name).ok_or_else(|| {
        let mut names: Vec<_> = lessons.iter().map(|lesson| lesson.name).collect();
        names.sort_by_key(|other| strsim::damerau_levenshtein(name, other));
        format!("no lesson is named '{name}'; the nearest are: {}", names[..3].join(", ")).into()
    })
}

/// Shows the lessons one after another; one that fails does not keep the rest from being shown.
fn show(lessons: &[&Lesson]) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for (n, lesson) in lessons.iter().enumerate() {
        let blank = if n == 0 { "" } else { "\n" };
        writeln!(Output, "{blank}{}: {}   ({})", lesson.name, lesson.about, lesson.source)?;
        if let Err(error) = (lesson.show)(&mut Output) {
            let what = if error.is::<NotSo>() { "" } else { "could not be set up: " };
            print_error(format_args!("lesson '{}': {what}{error:#}", lesson.name));
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

/// One message on standard error; if even that is closed, the exit code has to say it.
fn print_error(message: fmt::Arguments) {
    let _ = writeln!(io::stderr(), "{message}");
}

/// Standard output whose reader may leave (`… | head -1`): the program then ends.
struct Output;

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match io::stdout().write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => process::exit(0),
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}
