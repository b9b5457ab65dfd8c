//! What the program does: measure, explain, render, compare a class.

use std::collections::BTreeSet;
use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Instant, SystemTime};

use anyhow::{Context, bail};
use comparison::claims::{self, Judgement, Row};
use comparison::measure::interrupt::Interrupt;
use comparison::measure::machine;
use comparison::measure::own_program::OWN_PROGRAM;
use comparison::measure::placement::allowed_cpus;
use comparison::measure::plan::{Plan, Spec};
use comparison::measure::runner::{INTERRUPTED, Runner, estimated_seconds};
use comparison::measure::samples::Status;
use comparison::measure::strays::{adopt_strays, end_strays};
use comparison::report::schema::{Mode, Report, Run};
use comparison::report::terminal::{self, Screen};
use comparison::report::{class, explain, predict, readme, saved};

use process_basics::cli::find;

use crate::args::{Args, Command, USAGE};
use crate::{print_error, width};

/// Does what was asked for.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    match &args.command {
        Command::Help => print(USAGE).map(|()| ExitCode::SUCCESS),
        Command::List => list(&args),
        Command::Measure => measure(&args),
        Command::Explain(row) => explain_row(row, args.files.first()),
        Command::Render => render(&args),
        Command::Class => compare_class(&args),
    }
}

fn list(args: &Args) -> anyhow::Result<ExitCode> {
    let line = |spec: &&Spec| format!("{:<40} {}\n", spec.id, spec.about);
    print(&chosen(&args.only)?.iter().map(line).collect::<String>())?;
    Ok(ExitCode::SUCCESS)
}

/// The experiments that the ids name, each an id or a group of some; all, when there are none.
fn chosen(ids: &[String]) -> Result<Vec<&'static Spec>, lexopt::Error> {
    let names: BTreeSet<&str> = claims::experiments().flat_map(|spec| groups(spec.id)).collect();
    let names: Vec<&str> = names.into_iter().collect();
    for id in ids {
        find("experiment", &names, |name| name, id)?;
    }
    let wanted = |spec: &&Spec| ids.is_empty() || ids.iter().any(|id| groups(spec.id).any(|group| group == id));
    Ok(claims::experiments().filter(wanted).collect())
}

/// `a`, `a.b` and `a.b.c` of `a.b.c`.
fn groups(id: &str) -> impl Iterator<Item = &str> {
    id.match_indices('.').map(|(end, _)| &id[..end]).chain([id])
}

fn measure(args: &Args) -> anyhow::Result<ExitCode> {
    let specs = chosen(&args.only)?;
    let out = args.out.clone().unwrap_or_else(default_out);
    saved::prepare(&out)?; // before the minutes of measuring, not after
    args.readme.as_deref().map_or(Ok(()), readme::check)?;
    if cfg!(debug_assertions) {
        print_error("this is a debug build: its figures mean nothing without --release");
    }
    adopt_strays();
    let machine = machine::look(!args.no_node).context("cannot look at this machine")?;
    end_strays();
    let specs: Vec<&Spec> = specs.into_iter().filter(|spec| !spec.is_of_node() || machine.node.is_some()).collect();
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..1 << 32));
    let guesses = if args.predict { ask(&specs)? } else { Vec::new() };
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
    text += &hints(&report, args, &out);
    if args.predict {
        text += &predict::beside(&guesses, &report.tables);
    }
    let printed = print(&text);
    saved::save(&report, &out).and(args.readme.as_deref().map_or(Ok(()), |file| readme::update(file, &report)))?;
    printed?;
    let undone = |why: Option<&str>, status| status == Status::Failed || why == Some(INTERRUPTED);
    let failed = report.experiments.iter().any(|one| undone(one.why.as_deref(), one.status));
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The tables; with `--only` the figures, and only the rows that these experiments touch.
fn shown(report: &Report, args: &Args) -> String {
    let mut text = String::new();
    if args.only.is_empty() {
        text += &terminal::render(report, screen());
    } else {
        for experiment in &report.experiments {
            text += &format!("{}\n", experiment.id);
            text.extend(explain::figures(experiment).iter().map(|line| format!("  {line}\n")));
        }
        let touched = |row: &Row| report.experiments.iter().any(|experiment| row.evidence.contains(&experiment.id));
        text += &terminal::part(report, screen(), touched);
        text += "\n";
    }
    if args.verbose {
        text.extend(report.rows().map(|row| format!("\n{}", explain::row(report, row, width()))));
    }
    text
}

/// Where to read more; with `--only` of a row that was measured.
fn hints(report: &Report, args: &Args, out: &Path) -> String {
    let is_measured =
        |row: &&Row| [Some(&row.rust), row.node.as_ref()].into_iter().flatten().any(Judgement::is_measured);
    let measured = report.rows().filter(|_| !args.only.is_empty()).find(is_measured);
    let key = measured.map_or("communication".to_owned(), |row| row.key.to_lowercase());
    format!(
        "Why a verdict?   cargo run --release -p comparison -- explain {}\n\
        Plots, samples:  {}   (also report.md, report.json)\n",
        key.split(' ').next().unwrap_or_default(),
        out.join("report.html").display()
    )
}

fn screen() -> Screen {
    let colour = io::IsTerminal::is_terminal(&io::stdout()) && variable("NO_COLOR").is_none();
    Screen { width: width(), colour }
}

/// An environment variable that is not empty.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Asks on standard output and input, a terminal or not.
fn ask(specs: &[&Spec]) -> anyhow::Result<Vec<predict::Guess>> {
    let ids: Vec<&str> = specs.iter().map(|spec| spec.id).collect();
    predict::ask(&ids, &mut io::stdin().lock(), &mut io::stdout().lock()).context("cannot ask for your guesses")
}

/// Beside the program's own folder in the target folder that Cargo built it into.
fn default_out() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let target = program.ancestors().find(|folder| folder.ends_with("target")).unwrap_or(Path::new("target"));
    let out = target.join("comparison");
    let here = env::current_dir().unwrap_or_default();
    out.strip_prefix(&here).map(Path::to_owned).unwrap_or(out)
}

fn explain_row(wanted: &str, file: Option<&PathBuf>) -> anyhow::Result<ExitCode> {
    let file = file.cloned().unwrap_or_else(|| default_out().join("report.json"));
    let report = saved::load(&file)?;
    let rows: Vec<&Row> = report.rows().collect();
    let begins = |row: &&&Row| row.key.to_lowercase().starts_with(&wanted.to_lowercase());
    let row = match rows.iter().find(begins) {
        Some(row) => row,
        None => find("row", &rows, |row| &row.key, wanted)?,
    };
    print(&explain::row(&report, row, width()))?;
    Ok(ExitCode::SUCCESS)
}

/// Computes the tables again from the samples. Without `--out` and `--readme` it only prints.
fn render(args: &Args) -> anyhow::Result<ExitCode> {
    let report = saved::load(&args.files[0])?;
    args.out.as_deref().map_or(Ok(()), saved::prepare)?;
    args.readme.as_deref().map_or(Ok(()), readme::check)?;
    let printed = print(&shown(&report, args));
    args.out.as_deref().map_or(Ok(()), |out| saved::save(&report, out))?;
    args.readme.as_deref().map_or(Ok(()), |file| readme::update(file, &report))?;
    printed.map(|()| ExitCode::SUCCESS)
}

/// Those that can be read are compared; of the others it says why not.
fn compare_class(args: &Args) -> anyhow::Result<ExitCode> {
    let mut reports = Vec::new();
    for file in &args.files {
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
    match args.csv {
        true => print(&class::csv(&lines))?,
        false => print(&format!("{}\n\n{}", notes.join("\n"), class::table(&lines)))?,
    }
    Ok(if reports.len() == args.files.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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
