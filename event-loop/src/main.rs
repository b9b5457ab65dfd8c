//! Shows the lessons of the chapter, in the order in which it is read.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write};
use std::process::{self, ExitCode};

use event_loop::quiz::{self, QUESTIONS, Question};
use event_loop::{LESSONS, Lesson, Puzzle};

const USAGE: &str = "\
One thread, many callbacks: libuv's event loop, phase by phase.

Usage: event-loop [LESSON]...        the lessons named, or all
       event-loop puzzle FILE        runs a puzzle: a label a line
       event-loop puzzle --js FILE   the same, as a Node.js script
       event-loop quiz [PUZZLE]...   asks for the order
       event-loop --list             the names of the lessons
       event-loop --help             this text";

fn main() -> ExitCode {
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    match chosen(args) {
        Ok(request) => answer(request).unwrap_or_else(|error| {
            complain(format_args!("cannot write to standard output: {error}"));
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
    Run(Puzzle),
    Quiz(Vec<&'static Question>),
    Print(String),
}

fn chosen(args: Vec<OsString>) -> Result<Request, lexopt::Error> {
    use lexopt::prelude::*;

    let (mut words, mut js, mut list) = (Vec::new(), false, false);
    let mut parser = lexopt::Parser::from_args(args);
    while let Some(arg) = parser.next()? {
        match arg {
            Long("list") => list = true,
            Long("help") | Short('h') => return Ok(Request::Print(format!("{USAGE}\n"))),
            Long("js") if words.first().is_some_and(|word| word == "puzzle") => js = true,
            Value(word) => words.push(word),
            _ => return Err(arg.unexpected()),
        }
    }
    if list {
        return Ok(Request::Print(LESSONS.iter().map(|one| format!("{:<10} {}\n", one.name, one.about)).collect()));
    }
    match &words[..] {
        [first, file] if first == "puzzle" && js => Ok(Request::Print(read(file)?.js())),
        [first, file] if first == "puzzle" => read(file).map(Request::Run),
        [first, ..] if first == "puzzle" => Err("one puzzle is run: expected the path of one JSON file".into()),
        [first, names @ ..] if first == "quiz" => find("puzzle", QUESTIONS, |one| one.name, names).map(Request::Quiz),
        names => find("lesson", LESSONS, |one| one.name, names).map(Request::Show),
    }
}

fn read(file: &OsStr) -> Result<Puzzle, lexopt::Error> {
    let json = fs::read(file).map_err(|error| error.to_string());
    let puzzle = json.and_then(|json| Puzzle::parse(&json));
    puzzle.map_err(|why| format!("cannot read the puzzle '{}': {why}", file.display()).into())
}

/// Those that are named, or all.
fn find<T>(
    what: &str,
    all: &'static [T],
    name: fn(&T) -> &str,
    wanted: &[OsString],
) -> Result<Vec<&'static T>, lexopt::Error> {
    if wanted.is_empty() {
        return Ok(all.iter().collect());
    }
    let one = |wanted: &OsString| {
        let wanted = wanted.to_string_lossy();
        all.iter().find(|one| name(one) == wanted).ok_or_else(|| {
            let mut names: Vec<_> = all.iter().map(name).collect();
            names.sort_by_key(|other| strsim::damerau_levenshtein(&wanted, other));
            names.truncate(3);
            format!("no {what} is named '{wanted}'; the nearest are: {}", names.join(", ")).into()
        })
    };
    wanted.iter().map(one).collect()
}

fn answer(request: Request) -> io::Result<ExitCode> {
    let mut out = Output;
    match request {
        Request::Show(lessons) => return show(&lessons, &mut out),
        Request::Run(puzzle) => match puzzle.run() {
            Ok(labels) => labels.iter().try_for_each(|seen| writeln!(out, "{}", seen.label))?,
            Err(error) => {
                complain(format_args!("the puzzle did not run: {error}"));
                return Ok(ExitCode::FAILURE);
            }
        },
        Request::Quiz(questions) => {
            let (right, asked) = quiz::ask(&questions, &mut io::stdin().lock(), &mut out)?;
            writeln!(out, "{right} of {asked} right.")?;
        }
        Request::Print(text) => write!(out, "{text}")?,
    }
    Ok(ExitCode::SUCCESS)
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
    let _ = writeln!(io::stderr(), "event-loop: {message}");
}

/// Standard output whose reader may leave (`… | head -1`): the program then ends, quietly, since nobody is watching.
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
