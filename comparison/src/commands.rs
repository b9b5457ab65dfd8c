//! What the program does: measure, explain, render, compare a class.

use std::collections::BTreeSet;
use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use anyhow::{Context, bail};
use comparison::claims::{self, Row};
use comparison::measure::interrupt::Interrupt;
use comparison::measure::machine;
use comparison::measure::own_program::OWN_PROGRAM;
use comparison::measure::placement::allowed_cpus;
use comparison::measure::plan::{Plan, Spec};
use comparison::measure::runner::{INTERRUPTED, Runner, estimated_seconds};
use comparison::measure::samples::{Experiment, Status};
use comparison::measure::strays::{adopt_strays, end_strays};
use comparison::measure::window;
use comparison::report::saved::{self, Places};
use comparison::report::schema::{Mode, Report, Run};
use comparison::report::terminal::{self, Screen};
use comparison::report::{class, explain, predict};

use process_basics::cli::find;

use crate::args::{Args, Command, USAGE};
use crate::print_error;

/// Does what was asked for; whether all of it could be done.
pub(crate) fn run(args: Args) -> anyhow::Result<bool> {
    match &args.command {
        Command::Measure => return measure(&args),
        Command::Class(files) => return compare_class(files, args.csv),
        Command::Help => print(USAGE)?,
        Command::List => list(&args.only)?,
        Command::Explain(row, file) => explain_row(row, file.clone())?,
        Command::Render(file) => render(file, &args)?,
    }
    Ok(true)
}

fn list(ids: &[String]) -> anyhow::Result<()> {
    let line = |spec: &&Spec| format!("{:<40} {}\n", spec.id, spec.about);
    print(&chosen(ids)?.iter().map(line).collect::<String>())
}

/// The experiments that the ids name, each an id or a group of some; all, when there are none.
fn chosen(ids: &[String]) -> Result<Vec<&'static Spec>, lexopt::Error> {
    let names: BTreeSet<&str> = claims::experiments().flat_map(|spec| groups(spec.id)).collect();
    let names: Vec<&str> = names.into_iter().collect();
    for id in ids {
        find("experiment", &names, |name| name, id)?;
    }
    Ok(claims::experiments().filter(|spec| is_chosen(spec.id, ids)).collect())
}

fn is_chosen(id: &str, ids: &[String]) -> bool {
    ids.is_empty() || ids.iter().any(|wanted| groups(id).any(|group| group == wanted))
}

/// `a`, `a.b` and `a.b.c` of `a.b.c`. What is measured of Node.js is in the group of its Rust counterpart, too: `a` of
/// `node.a`.
fn groups(id: &str) -> impl Iterator<Item = &str> {
    let in_rust = id.strip_prefix("node.").and_then(|name| name.split('.').next());
    id.match_indices('.').map(|(end, _)| &id[..end]).chain([id]).chain(in_rust)
}

fn measure(args: &Args) -> anyhow::Result<bool> {
    let specs = chosen(&args.only)?;
    let out = args.out.clone().unwrap_or_else(default_out);
    let places = Places { folder: Some(out.clone()), readme: args.readme.clone() };
    places.check()?; // before the minutes of measuring, not after
    if cfg!(debug_assertions) {
        print_error("this is a debug build: its figures mean nothing without --release");
    }
    adopt_strays();
    let machine = machine::look(!args.no_node).context("cannot look at this machine")?;
    end_strays();
    let specs: Vec<&Spec> = specs.into_iter().filter(|spec| !spec.is_of_node() || machine.node.is_some()).collect();
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..1 << 32));
    let mut guesses = Vec::new();
    if args.predict {
        let asked = predict::ask(&specs, &mut io::stdin().lock(), &mut io::stdout().lock());
        guesses = asked.context("cannot ask for your guesses")?;
    }
    let seconds = estimated_seconds(&specs, args.quick);
    if seconds > 5.0 {
        print_error(&format!("{} experiments, about {seconds:.0} s", specs.len()));
    }

    let (start, started) = (Instant::now(), humantime::format_rfc3339_seconds(SystemTime::now()).to_string());
    let interrupt = Interrupt::catch().context("cannot catch Ctrl-C")?;
    let plan = Plan { program: OWN_PROGRAM.into(), seed, cpus: allowed_cpus()?, budget: Default::default() };
    let experiments = Runner { plan, quick: args.quick, interrupt: &interrupt }.run(&specs);
    let mode = if args.quick { Mode::Quick } else { Mode::Full };
    let seconds = (start.elapsed().as_secs_f64() * 10.0).round() / 10.0;
    let report = Report::new(machine, Run { mode, seed, started, seconds }, experiments);

    let mut text = shown(&report, args);
    text += &hints(args, &out);
    if args.predict {
        text += &predict::beside(&guesses, &report.tables);
    }
    deliver(&text, &report, &places)?;
    let undone = |one: &Experiment| one.status == Status::Failed || one.why.as_deref() == Some(INTERRUPTED);
    Ok(!report.experiments.iter().any(undone))
}

/// Prints and saves: a report that cannot be printed is saved, too.
fn deliver(text: &str, report: &Report, places: &Places) -> anyhow::Result<()> {
    let printed = print(text);
    places.save(report)?;
    printed
}

/// The tables; with `--only` the figures, and only the rows that these experiments touch.
fn shown(report: &Report, args: &Args) -> String {
    let mut text = String::new();
    if args.only.is_empty() {
        text += &terminal::render(report, screen());
    } else {
        for experiment in report.experiments.iter().filter(|one| is_chosen(&one.id, &args.only)) {
            text += &format!("{}\n", explain::neighbours(experiment));
            text.extend(explain::figures(experiment).iter().map(|line| format!("  {line}\n")));
        }
        let touched = |row: &Row| row.evidence.iter().any(|id| is_chosen(id, &args.only));
        text += &terminal::part(report, screen(), touched);
        text += "\n";
    }
    if args.verbose {
        text.extend(report.rows().map(|row| format!("\n{}", explain::row(report, row, screen().width))));
    }
    text
}

/// Where to read more.
fn hints(args: &Args, out: &Path) -> String {
    let why = "Why a verdict?   cargo run --release -p comparison -- explain communication\n";
    let why = if args.only.is_empty() { why } else { "" }; // of some experiments the figures stand above
    format!("{why}Plots, samples:  {}   (also report.md, report.json)\n", out.join("report.html").display())
}

/// Columns to print in: those of the terminal, of COLUMNS, or 100.
fn screen() -> Screen {
    let named = || variable("COLUMNS").and_then(|columns| columns.parse().ok());
    let width = window::columns().or_else(named).unwrap_or(100).clamp(60, 160);
    let colour = io::IsTerminal::is_terminal(&io::stdout()) && variable("NO_COLOR").is_none();
    Screen { width, colour }
}

/// An environment variable that is not empty.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Beside the program's own folder in the target folder that Cargo built it into.
fn default_out() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let target = program.ancestors().find(|folder| folder.ends_with("target")).unwrap_or(Path::new("target"));
    let out = target.join("comparison");
    let here = env::current_dir().unwrap_or_default();
    out.strip_prefix(&here).map(Path::to_owned).unwrap_or(out)
}

fn explain_row(wanted: &str, file: Option<PathBuf>) -> anyhow::Result<()> {
    let report = saved::load(&file.unwrap_or_else(|| default_out().join("report.json")))?;
    let rows: Vec<&Row> = report.rows().collect();
    let begins = |row: &&Row| row.key.to_lowercase().starts_with(&wanted.to_lowercase());
    let row = match report.rows().filter(begins).collect::<Vec<_>>()[..] {
        [row] => row,
        _ => find("row", &rows, |row| &row.key, wanted)?,
    };
    print(&explain::row(&report, row, screen().width))
}

/// Computes the tables again from the samples. Without `--out` and `--readme` it only prints.
fn render(file: &Path, args: &Args) -> anyhow::Result<()> {
    chosen(&args.only)?; // an unknown name is wrong usage here, too
    let report = saved::load(file)?;
    let places = Places { folder: args.out.clone(), readme: args.readme.clone() };
    places.check()?;
    deliver(&shown(&report, args), &report, &places)
}

/// Those that can be read are compared; of the others it says why not.
fn compare_class(files: &[PathBuf], csv: bool) -> anyhow::Result<bool> {
    let mut reports = Vec::new();
    for file in files {
        match saved::load(file) {
            Ok(report) => reports.push((file.display().to_string(), report)),
            Err(error) => print_error(&format!("{error:#}")),
        }
    }
    if reports.is_empty() {
        bail!("none of these reports can be read");
    }
    let (machines, notes) = class::one_per_machine(&reports);
    let lines = class::rows(&machines);
    print(&if csv { class::csv(&lines) } else { format!("{}\n\n{}", notes.join("\n"), class::table(&lines)) })?;
    Ok(reports.len() == files.len())
}

/// Prints, in ASCII where the locale is not UTF-8. A reader that has left (`… | head -1`) is no failure: the report is
/// saved.
fn print(text: &str) -> anyhow::Result<()> {
    let locale = variable("LC_ALL").or_else(|| variable("LC_CTYPE")).or_else(|| variable("LANG"));
    let utf8 = locale.is_none_or(|locale| locale.to_lowercase().replace('-', "").contains("utf8"));
    let text = text.replace('\u{a0}', " ");
    let text = if utf8 { text } else { terminal::to_ascii(&text) };
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}
