//! Shows the lessons of the chapter, in the order in which it is read.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::{self, ExitCode};

use thread_basics::{LESSONS, Lesson, child};

const USAGE: &str = "\
A thread: memory in common, a fate in common, and messages
that only change hands.

Usage: thread-basics [LESSON]...   the lessons named, or all
       thread-basics --list        their names
       thread-basics --help        this text";

fn main() -> ExitCode {
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    if let Some(code) = child::run(&args) {
        return code;
    }
    answer(args).unwrap_or_else(|error| {
        let wrong_usage = error.is::<lexopt::Error>();
        let usage = if wrong_usage { format!("\n\n{USAGE}") } else { String::new() };
        complain(format_args!("{error}{usage}"));
        ExitCode::from(if wrong_usage { 2 } else { 1 })
    })
}

/// Does what the arguments ask for.
fn answer(args: Vec<OsString>) -> anyhow::Result<ExitCode> {
    use lexopt::prelude::*;

    let (mut out, mut lessons) = (Output, Vec::new());
    let mut parser = lexopt::Parser::from_args(args);
    while let Some(arg) = parser.next()? {
        match arg {
            Long("list") => {
                for lesson in LESSONS {
                    writeln!(out, "{:<14} {}", lesson.name, lesson.about)?;
                }
                return Ok(ExitCode::SUCCESS);
            }
            Long("help") | Short('h') => {
                writeln!(out, "{USAGE}")?;
                return Ok(ExitCode::SUCCESS);
            }
            Value(name) => lessons.push(find(&name.string()?)?),
            _ => return Err(arg.unexpected().into()),
        }
    }
    if lessons.is_empty() {
        lessons.extend(LESSONS);
    }
    show(&lessons, &mut out)
}

fn find(name: &str) -> Result<&'static Lesson, lexopt::Error> {
    LESSONS.iter().find(|lesson| lesson.name == name).ok_or_else(|| {
        let mut names: Vec<_> = LESSONS.iter().map(|lesson| lesson.name).collect();
        names.sort_by_key(|other| strsim::damerau_levenshtein(name, other));
        format!("no lesson is named '{name}'; the nearest are: {}", names[..3].join(", ")).into()
    })
}

/// Shows the lessons one after another; one that fails does not keep the rest from being shown.
fn show(lessons: &[&Lesson], out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for (n, lesson) in lessons.iter().enumerate() {
        let blank = if n == 0 { "" } else { "\n" };
        writeln!(out, "{blank}{}: {}", lesson.name, lesson.about)?;
        if let Err(error) = (lesson.show)(out, Path::new(child::OWN_PROGRAM)) {
            complain(format_args!("lesson '{}' did not show what it claims: {error:#}", lesson.name));
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

/// One message on standard error; where even that is closed, the exit code has to say it.
fn complain(message: std::fmt::Arguments) {
    let _ = writeln!(io::stderr(), "thread-basics: {message}");
}

/// Standard output whose reader may leave (`… | head -1`): the program then ends, quietly, since nobody is watching.
/// Children go with it by their parent-death signal.
struct Output;

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
