//! Shows the lessons of the chapter, in the order in which it is read.

use std::io::{self, Write};
use std::process::{self, ExitCode};

use thread_pool::{LESSONS, Lesson};

const USAGE: &str = "\
The threads behind the loop: one queue, a few threads, and
completions handed back.

Usage: thread-pool [LESSON]...   the lessons named, or all
       thread-pool --list        their names
       thread-pool --help        this text";

enum Request {
    Show(Vec<&'static Lesson>),
    Print(String),
}

fn main() -> ExitCode {
    let done = match chosen(lexopt::Parser::from_env()) {
        Ok(Request::Show(lessons)) => show(&lessons, &mut Output),
        Ok(Request::Print(text)) => writeln!(Output, "{text}").map(|()| ExitCode::SUCCESS),
        Err(wrong) => {
            complain(format_args!("{wrong}\n\n{USAGE}"));
            Ok(ExitCode::from(2))
        }
    };
    done.unwrap_or_else(|error| {
        complain(format_args!("cannot write to standard output: {error}"));
        ExitCode::FAILURE
    })
}

fn chosen(mut parser: lexopt::Parser) -> Result<Request, lexopt::Error> {
    use lexopt::prelude::*;

    let mut lessons = Vec::new();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("list") => return Ok(Request::Print(list())),
            Long("help") | Short('h') => return Ok(Request::Print(USAGE.to_owned())),
            Value(name) => lessons.push(find(&name.string()?)?),
            _ => return Err(arg.unexpected()),
        }
    }
    if lessons.is_empty() {
        lessons.extend(LESSONS);
    }
    Ok(Request::Show(lessons))
}

fn list() -> String {
    LESSONS.iter().map(|lesson| format!("{:<8} {}", lesson.name, lesson.about)).collect::<Vec<_>>().join("\n")
}

fn find(name: &str) -> Result<&'static Lesson, lexopt::Error> {
    LESSONS.iter().find(|lesson| lesson.name == name).ok_or_else(|| {
        let mut names: Vec<_> = LESSONS.iter().map(|lesson| lesson.name).collect();
        names.sort_by_key(|other| strsim::damerau_levenshtein(name, other));
        names.truncate(3);
        format!("no lesson is named '{name}'; the nearest are: {}", names.join(", ")).into()
    })
}

/// Shows the lessons one after another; one that fails does not keep the rest from being shown.
fn show(lessons: &[&Lesson], out: &mut dyn Write) -> io::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for (n, lesson) in lessons.iter().enumerate() {
        let blank = if n == 0 { "" } else { "\n" };
        writeln!(out, "{blank}{}: {}", lesson.name, lesson.about)?;
        if let Err(error) = (lesson.show)(out) {
            complain(format_args!("lesson '{}' did not show what it claims: {error:#}", lesson.name));
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

/// One message on standard error; where even that is closed, the exit code has to say it.
fn complain(message: std::fmt::Arguments) {
    let _ = writeln!(io::stderr(), "thread-pool: {message}");
}

/// Standard output whose reader may leave (`… | head -1`): the program then ends, quietly, since nobody is watching.
/// Threads go with it.
struct Output;

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match io::stdout().write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => process::exit(0),
            result => result,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}
