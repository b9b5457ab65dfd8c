//! Shows the lessons of the chapter, in the order in which it is read, or serves.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::{self, ExitCode};

use cluster::primary::serve;
use cluster::settings::Settings;
use cluster::{LESSONS, Lesson, child};

const USAGE: &str = "\
Many processes, one port.

Usage: cluster [LESSON]...   the lessons named, or all
       cluster --list        their names
       cluster --help        this text
       cluster serve [OPTION]...
           HTTP until SIGINT or SIGTERM, then drains (a second
           one ends at once); SIGHUP replaces its workers
  --host ADDRESS    127.0.0.1
  --port P          0: any that is free
  --workers N       as many as CPUs
  --schedule S      round-robin, shared or reuseport
  --exclusive       shared: a connection wakes fewer workers
  --connections N   1000 for each worker
  --request-ms N    10000 for a request to arrive
  --allow-faults    /crash kills the worker that gets it";

fn main() -> ExitCode {
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    if let Some(code) = child::run(&args) {
        return code;
    }
    match chosen(args) {
        Ok(request) => answer(request).unwrap_or_else(|error| {
            complain(format_args!("{error}"));
            ExitCode::FAILURE
        }),
        Err(wrong) => {
            complain(format_args!("{wrong}\n\n{USAGE}"));
            ExitCode::from(2)
        }
    }
}

enum Request {
    Show(Vec<&'static Lesson>),
    Serve(Settings),
    Say(String),
}

fn chosen(args: Vec<OsString>) -> Result<Request, lexopt::Error> {
    use lexopt::prelude::*;

    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        return Ok(Request::Say(USAGE.to_owned()));
    }
    let (mut lessons, mut list) = (Vec::new(), false);
    let mut parser = lexopt::Parser::from_args(args);
    while let Some(arg) = parser.next()? {
        match arg {
            Long("list") => list = true,
            Value(name) if name == "serve" && lessons.is_empty() => {
                let options: Vec<_> = parser.raw_args()?.collect();
                return Settings::parse(Path::new(child::OWN_PROGRAM), &options).map(Request::Serve);
            }
            Value(name) => lessons.push(find(&name.string()?)?),
            _ => return Err(arg.unexpected()),
        }
    }
    if list {
        let lines: Vec<_> = LESSONS.iter().map(|lesson| format!("{:<12} {}", lesson.name, lesson.about)).collect();
        return Ok(Request::Say(lines.join("\n")));
    }
    if lessons.is_empty() {
        lessons.extend(LESSONS);
    }
    Ok(Request::Show(lessons))
}

fn find(name: &str) -> Result<&'static Lesson, lexopt::Error> {
    LESSONS.iter().find(|lesson| lesson.name == name).ok_or_else(|| {
        let mut names: Vec<_> = LESSONS.iter().map(|lesson| lesson.name).collect();
        names.sort_by_key(|other| strsim::damerau_levenshtein(name, other));
        format!("no lesson is named '{name}'; the nearest are: {}", names[..3].join(", ")).into()
    })
}

fn answer(request: Request) -> io::Result<ExitCode> {
    match request {
        Request::Show(lessons) => return show(&lessons, &mut Output),
        Request::Serve(settings) => serve(&settings, &mut Output, &mut io::stderr())?,
        Request::Say(text) => writeln!(Output, "{text}")?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows the lessons one after another; one that fails does not keep the rest from being shown.
fn show(lessons: &[&Lesson], out: &mut dyn Write) -> io::Result<ExitCode> {
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
    let _ = writeln!(io::stderr(), "cluster: {message}");
}

/// Standard output whose reader may leave (`… | head -1`): the program then ends, quietly, since nobody is watching.
/// Children go with it by their parent-death signal.
struct Output;

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::stdout().write(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => process::exit(0),
            kind => io::Error::new(kind, format!("cannot write to standard output: {error}")),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}
